import Basics
public import HTTP
public import Loop

/// Runs `body` beside a server on the same loop, then shuts the server down and waits for its end.
public func withHTTPServer(
    at address: SocketAddress = .tcp(host: "127.0.0.1", port: 0), limits: HTTPServerLimits = HTTPServerLimits(),
    _ handler: @escaping HTTPServer.Handler,
    _ body: @escaping @Sendable (HTTPServer, EventLoop) async throws -> Void
) async throws {
    try await EventLoop.onThread { loop in
        let server = try HTTPServer(at: address, on: loop, limits: limits, handler)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            try await body(server, loop)
            server.shutDown(within: .zero)
            try await group.waitForAll()
        }
    }
}

extension SocketAddress {
    /// A path that nothing stands at.
    public static var temporaryPath: SocketAddress { .path("/tmp/parlor-http-\(RandomIdentifier.hex(bytes: 8))") }
}
