public import Basics
public import Loop

/// An HTTP/1.1 client on one loop, with a connection for each call.
///
/// Errors: `connection` when there was none or it broke, `timeout` when the deadline passed, `protocolViolation` when
/// what came back is no response, `malformed` when the request could not be written. A status of 4xx or 5xx is no
/// error.
public struct HTTPClient: Sendable {
    private let loop: EventLoop
    private let limits: HTTPMessageLimits

    /// A client whose responses may be as large as `limits` say.
    public init(on loop: EventLoop, limits: HTTPMessageLimits = HTTPMessageLimits(body: .megabytes(16))) {
        self.loop = loop
        self.limits = limits
    }

    /// Asks for `target`, a path with an optional query.
    public func get(
        _ target: String, at address: SocketAddress, headers: HTTPHeaders = [:], within limit: Duration
    ) async throws -> HTTPResponse {
        try await send(HTTPRequest(.get, try HTTPClient.target(target), headers: headers), to: address, within: limit)
    }

    /// Hands bytes of a media type over to `target`.
    public func post(
        _ target: String, _ body: [UInt8], type: String, at address: SocketAddress, headers: HTTPHeaders = [:],
        within limit: Duration
    ) async throws -> HTTPResponse {
        var request = HTTPRequest(.post, try HTTPClient.target(target), headers: headers, body: body)
        request.headers["Content-Type"] = type
        return try await send(request, to: address, within: limit)
    }

    /// Hands a JSON value over to `target`.
    public func post(
        _ target: String, _ json: JSON, at address: SocketAddress, headers: HTTPHeaders = [:], within limit: Duration
    ) async throws -> HTTPResponse {
        let body = Array(json.compact.utf8)
        return try await post(target, body, type: "application/json", at: address, headers: headers, within: limit)
    }

    /// Sends a request and reads the whole response; connecting, sending and reading share one limit.
    public func send(
        _ request: HTTPRequest, to address: SocketAddress, within limit: Duration
    ) async throws -> HTTPResponse {
        let isSound = request.method.rawValue.utf8.allSatisfy(\.isTokenByte) && !request.method.rawValue.isEmpty
        guard isSound, request.headers.fields.allSatisfy(\.isValid) else {
            throw ParlorError(
                .malformed, "the request cannot be sent", why: "its method or a header field is malformed")
        }
        return try await loop.perform {
            try await exchange(request, with: address, within: limit)
        }
    }

    private func exchange(
        _ request: HTTPRequest, with address: SocketAddress, within limit: Duration
    ) async throws -> HTTPResponse {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        let socket = try await Socket.connect(to: address, within: limit, on: loop)
        defer { socket.close() }
        let call = HTTPCall(request, on: socket, limits: limits)
        return try await socket.within(max(.zero, deadline - clock.now), call.name) { try await call.perform() }
    }

    private static func target(_ text: String) throws(ParlorError) -> HTTPTarget {
        guard let target = HTTPTarget(text) else {
            throw ParlorError(
                .malformed, "a request cannot be sent", why: "its target is not a path with an optional query",
                hint: "Begin the target with a slash and escape what is not plain text in it.", detail: text)
        }
        return target
    }
}
