import Basics
public import HTTP
public import Loop

/// Where a test body meets the handler it tests; run the same body in every mode.
public enum HTTPTestMode: String, CaseIterable, Sendable {
    /// The handler is called, without a server.
    case handler
    /// A server on a port of the loopback.
    case port
    /// A server on a socket in the file system.
    case path
}

/// Sends requests to a handler, through a server or without one. The handler gets bodies as the server gives them to it:
/// on their way, with a limit.
public struct HTTPTestClient: Sendable {
    private let loop: EventLoop
    private let end: HTTPTestEnd

    /// Runs `body` with a client for `handler`, on a loop of its own.
    public static func run(
        _ mode: HTTPTestMode, limits: HTTPServerLimits = HTTPServerLimits(), _ handler: @escaping HTTPServer.Handler,
        _ body: @escaping @Sendable (HTTPTestClient) async throws -> Void
    ) async throws {
        try await run(mode, limits: limits, making: { _ in handler }, body)
    }

    /// The same for a handler that needs the loop.
    public static func run(
        _ mode: HTTPTestMode, limits: HTTPServerLimits = HTTPServerLimits(),
        making handler: @escaping @Sendable (EventLoop) -> HTTPServer.Handler,
        _ body: @escaping @Sendable (HTTPTestClient) async throws -> Void
    ) async throws {
        if mode == .handler {
            return try await EventLoop.onThread { loop in
                try await body(HTTPTestClient(loop: loop, end: .handler(handler(loop), limits.message)))
            }
        }
        let address = mode == .port ? SocketAddress.tcp(host: "127.0.0.1", port: 0) : .temporaryPath
        try await withHTTPServer(at: address, limits: limits, making: handler) { server, loop in
            try await body(HTTPTestClient(loop: loop, end: .server(server.address)))
        }
    }

    // MARK: - Whole responses

    /// Sends a request, and reads the whole response.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        if case .server(let address) = end, request.incoming == nil {
            return try await HTTPClient(on: loop).send(request, to: address, within: .seconds(30))
        }
        let whole = LoopWait<HTTPResponse>()
        try await stream(request) { stream in
            var response = stream.head
            while let piece = try await stream.next() { response.body += piece }
            whole.succeed(response)
        }
        return try await whole.value(on: loop)
    }

    /// Sends a request made of its parts.
    public func send(
        _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:], body: String = ""
    ) async throws -> HTTPResponse {
        try await send(request(method, target, headers, Array(body.utf8)))
    }

    /// Sends a GET request.
    public func get(_ target: String, headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
        try await send(.get, target, headers: headers)
    }

    private func request(
        _ method: HTTPMethod, _ target: String, _ headers: HTTPHeaders, _ body: [UInt8]
    ) throws -> HTTPRequest {
        guard let target = HTTPTarget(target) else { throw ParlorError(.usage, "\(target) is no target") }
        return HTTPRequest(method, target, headers: headers, body: body)
    }

    // MARK: - Streams

    /// Sends a request whose body `pieces` gives, and hands the response to `read` while it comes.
    public func stream(
        _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:],
        body pieces: (@Sendable () async throws -> [UInt8]?)? = nil,
        _ read: @escaping @Sendable (HTTPTestStream) async throws -> Void
    ) async throws {
        var request = try request(method, target, headers, [])
        if let pieces { request.incoming = HTTPIncomingBody(limit: ByteCount(.max), pieces) }
        try await stream(request, read)
    }

    private func stream(
        _ request: HTTPRequest, _ read: @escaping @Sendable (HTTPTestStream) async throws -> Void
    ) async throws {
        switch end {
        case .handler(let handler, let limits):
            let request = arrived(request, limits)
            try await HTTPTestExchange.call(handler, request, on: loop, read)
        case .server(let address): try await HTTPTestExchange.send(request, to: address, on: loop, read)
        }
    }

    // MARK: - WebSockets

    /// Asks for a WebSocket, and speaks it as `speak` does; gives back the response when there is none. The head of the
    /// response is told before the first message.
    @discardableResult public func webSocket(
        _ target: String, headers: HTTPHeaders = [:], limits: WebSocketLimits = WebSocketLimits(),
        answered: @escaping @Sendable (HTTPResponse) -> Void = { _ in }, _ speak: @escaping WebSocket.Handler
    ) async throws -> HTTPResponse {
        var request = try request(.get, target, headers, [])
        for (name, value) in Self.handshake where !headers.has(name) { request.headers.append(name, value) }
        let stream: any ByteStream
        switch end {
        case .handler(let handler, _):
            return try await HTTPTestExchange.speak(
                with: handler, request, on: loop, limits: limits, answered: answered, speak)
        case .server(let address):
            stream = try await Socket.connect(to: address, within: .seconds(30), on: loop)
        }
        defer { stream.close() }
        let response = try await HTTPTestExchange.shakeHands(over: stream, request)
        answered(response)
        guard response.status.code == 101 else { return response }
        let socket = WebSocket(clientOver: stream, limits: limits, on: loop)
        try await socket.run(early: [], speak)
        return response
    }

    private static let handshake = [
        ("Host", "localhost"), ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    /// The request as a server would hand it to a handler.
    private func arrived(_ request: HTTPRequest, _ limits: HTTPMessageLimits) -> HTTPRequest {
        var request = request
        let pieces = request.pieces
        guard request.incoming != nil || !request.body.isEmpty else { return request }
        let length = request.incoming == nil ? request.body.count : nil
        let reader = PieceReader(pieces)
        request.incoming = HTTPIncomingBody(length: length, limit: limits.body) { try await reader.next() }
        request.body = []
        return request
    }
}

/// Where the requests of a client go.
enum HTTPTestEnd: Sendable {
    case handler(HTTPServer.Handler, HTTPMessageLimits)
    case server(SocketAddress)
}

/// Reads pieces on behalf of a closure.
private final class PieceReader: @unchecked Sendable {
    // Guard of @unchecked Sendable: a body is read by one task at a time.
    private var iterator: HTTPBodyPieces.AsyncIterator

    init(_ pieces: HTTPBodyPieces) { iterator = pieces.makeAsyncIterator() }

    func next() async throws -> [UInt8]? { try await iterator.next() }
}
