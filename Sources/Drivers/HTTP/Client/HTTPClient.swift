public import Basics
public import Loop

/// An HTTP/1.1 client on one loop.
///
/// Errors: `connection` when there was none or it broke, `timeout` when a deadline passed or nothing moved for too long,
/// `protocolViolation` when what came back is no response, `malformed` when the request could not be written. A status
/// of 4xx or 5xx is no error.
public struct HTTPClient: Sendable {
    private let loop: EventLoop
    private let options: HTTPClientOptions
    private let pool: HTTPConnectionPool

    /// A client that uses its connections again. They end with the client, or with `close`.
    public init(on loop: EventLoop, _ options: HTTPClientOptions) {
        self.loop = loop
        self.options = options
        pool = HTTPConnectionPool(options, on: loop)
    }

    /// A client with a connection for each call, whose responses may be as large as `limits` say.
    public init(on loop: EventLoop, limits: HTTPMessageLimits = HTTPMessageLimits(body: .megabytes(16))) {
        var options = HTTPClientOptions()
        options.limits = limits
        options.connections = .withoutReuse
        self.init(on: loop, options)
    }

    /// How many connections there are, and how many of them nobody uses.
    public var connectionCounts: (all: Int, idle: Int) { pool.counts }

    /// Closes the connections that nobody uses; those in use end with their exchanges. Every later request is refused.
    public func close() {
        let pool = pool
        loop.execute { pool.stop() }
    }

    // MARK: - Whole messages

    /// Asks an origin and reads the whole response; everything shares one limit, further attempts included.
    public func send(
        _ request: HTTPRequest, _ upload: HTTPUpload? = nil, to origin: HTTPOrigin, mayRepeat: Bool? = nil,
        within limit: Duration
    ) async throws -> HTTPResponse {
        try await send(request, upload, to: .origin(origin), mayRepeat: mayRepeat, within: limit)
    }

    /// Asks an address and reads the whole response; everything shares one limit.
    public func send(
        _ request: HTTPRequest, to address: SocketAddress, within limit: Duration
    ) async throws -> HTTPResponse {
        try await send(request, nil, to: .address(address), mayRepeat: nil, within: limit)
    }

    private func send(
        _ request: HTTPRequest, _ upload: HTTPUpload?, to endpoint: HTTPEndpoint, mayRepeat: Bool?,
        within limit: Duration
    ) async throws -> HTTPResponse {
        try await loop.perform {
            try await exchange(
                request, upload, with: endpoint, limits: options.limits, mayRepeat: mayRepeat, within: limit
            ) { head, body in
                var response = head
                response.body = try await body.all(atMost: options.limits.body)
                return response
            }
        }
    }

    // MARK: - Streams

    /// Asks an origin and hands the head of the response and its body, as it arrives, to `use`. Must be called by a task
    /// of the loop.
    ///
    /// The limit covers `use` too. A response that is tried again or followed elsewhere never gets there.
    public func withResponse<Result>(
        to request: HTTPRequest, _ upload: HTTPUpload? = nil, at origin: HTTPOrigin, mayRepeat: Bool? = nil,
        within limit: Duration, _ use: (HTTPResponse, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        var limits = options.limits
        limits.body = ByteCount(.max)
        return try await exchange(
            request, upload, with: .origin(origin), limits: limits, mayRepeat: mayRepeat, within: limit, use)
    }

    private func exchange<Result>(
        _ request: HTTPRequest, _ upload: HTTPUpload?, with endpoint: HTTPEndpoint, limits: HTTPMessageLimits,
        mayRepeat: Bool?, within limit: Duration, _ use: (HTTPResponse, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        precondition(loop.isCurrent, "a client is used on its loop")
        try Self.check(request)
        var call = HTTPCall(request, upload, endpoint, limits, options, pool, within: limit)
        call.mayRepeat = mayRepeat
        return try await call.perform(use)
    }

    private static func check(_ request: HTTPRequest) throws {
        let isSound = request.method.rawValue.utf8.allSatisfy(\.isTokenByte) && !request.method.rawValue.isEmpty
        guard isSound, request.headers.fields.allSatisfy(\.isValid) else {
            throw ParlorError(
                .malformed, "the request cannot be sent", why: "its method or a header field is malformed")
        }
    }
}
