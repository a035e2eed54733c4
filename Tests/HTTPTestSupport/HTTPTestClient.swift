import Basics
public import HTTP
import Loop

/// Where a test body meets the handler it tests; run the same body in every mode.
public enum HTTPTestMode: String, CaseIterable, Sendable {
    /// The handler is called, without a server.
    case handler
    /// A server on a port of the loopback.
    case port
    /// A server on a socket in the file system.
    case path
}

/// Sends requests to a handler, through a server or without one.
public struct HTTPTestClient: Sendable {
    private let perform: @Sendable (HTTPRequest) async throws -> HTTPResponse

    /// Runs `body` with a client for `handler`, on a loop of its own.
    public static func run(
        _ mode: HTTPTestMode, _ handler: @escaping HTTPServer.Handler,
        _ body: @escaping @Sendable (HTTPTestClient) async throws -> Void
    ) async throws {
        switch mode {
        case .handler:
            try await EventLoop.onThread { _ in
                try await body(HTTPTestClient { request in asSent(await handler(request), to: request.method) })
            }
        case .port: try await runLive(at: .tcp(host: "127.0.0.1", port: 0), handler, body)
        case .path: try await runLive(at: .temporaryPath, handler, body)
        }
    }

    private static func runLive(
        at address: SocketAddress, _ handler: @escaping HTTPServer.Handler,
        _ body: @escaping @Sendable (HTTPTestClient) async throws -> Void
    ) async throws {
        try await withHTTPServer(at: address, handler) { server, loop in
            let client = HTTPClient(on: loop)
            try await body(
                HTTPTestClient { try await client.send($0, to: server.address, within: .seconds(30)) })
        }
    }

    /// What a client sees of a response: HEAD and some statuses have no body.
    private static func asSent(_ response: HTTPResponse, to method: HTTPMethod) -> HTTPResponse {
        guard method == .head || !response.status.allowsBody else { return response }
        var response = response
        response.body = []
        return response
    }

    /// Sends a request.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse { try await perform(request) }

    /// Sends a request made of its parts.
    public func send(
        _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:], body: String = ""
    ) async throws -> HTTPResponse {
        guard let target = HTTPTarget(target) else { throw ParlorError(.usage, "\(target) is no target") }
        return try await perform(HTTPRequest(method, target, headers: headers, body: Array(body.utf8)))
    }

    /// Sends a GET request.
    public func get(_ target: String, headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
        try await send(.get, target, headers: headers)
    }
}
