import Basics
public import HTTP
public import Loop

/// Runs `body` beside a server on the same loop, then shuts the server down and waits for its end. The handler gets the
/// whole body of each request unless it `streams`.
public func withHTTPServer(
    at address: SocketAddress = .tcp(host: "127.0.0.1", port: 0), limits: HTTPServerLimits = HTTPServerLimits(),
    streams: Bool = false, secure: HTTPServer.Securing? = nil, isUrgent: HTTPServer.Urgency? = nil,
    _ handler: @escaping HTTPServer.Handler,
    _ body: @escaping @Sendable (HTTPServer, EventLoop) async throws -> Void
) async throws {
    try await withHTTPServer(
        at: address, limits: limits, secure: secure, isUrgent: isUrgent,
        making: { _ in streams ? handler : collecting(handler) }, body)
}

/// The same with a handler that is made on the loop, and gets bodies on their way.
public func withHTTPServer(
    at address: SocketAddress, limits: HTTPServerLimits, secure: HTTPServer.Securing? = nil,
    isUrgent: HTTPServer.Urgency? = nil, making handler: @escaping @Sendable (EventLoop) -> HTTPServer.Handler,
    _ body: @escaping @Sendable (HTTPServer, EventLoop) async throws -> Void
) async throws {
    try await EventLoop.onThread { loop in
        let server = try HTTPServer(
            at: address, on: loop, limits: limits, secure: secure, isUrgent: isUrgent, handler(loop))
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            try await body(server, loop)
            server.shutDown(within: .zero)
            try await group.waitForAll()
        }
    }
}

/// A handler that gets the whole body of each request.
private func collecting(_ handler: @escaping HTTPServer.Handler) -> HTTPServer.Handler {
    { request in
        var request = request
        // A broken body is answered by the server.
        do { try await request.collect() } catch { return HTTPResponse(.badRequest) }
        return await handler(request)
    }
}

extension SocketAddress {
    /// A path that nothing stands at.
    public static var temporaryPath: SocketAddress { .path("/tmp/parlor-http-\(RandomIdentifier.hex(bytes: 8))") }
}
