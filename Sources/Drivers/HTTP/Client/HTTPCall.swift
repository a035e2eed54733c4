import Basics
import Loop

/// One call of a client: attempts, until one of them brings a response that is not to be tried again, and the redirects
/// that are followed.
struct HTTPCall {
    /// How an attempt ended.
    private enum Turn<Result> {
        case answered(Result)
        case again(after: Duration, fresh: Bool)
        case elsewhere(HTTPRedirect)
    }

    private var request: HTTPRequest
    private var upload: HTTPUpload?
    private var endpoint: HTTPEndpoint
    private let limits: HTTPMessageLimits
    private let options: HTTPClientOptions
    private let pool: HTTPConnectionPool
    private let limit: Duration
    private let deadline: ContinuousClock.Instant
    private var redirects = 0
    /// Whether it does no harm to send it twice; nil asks the policy.
    var mayRepeat: Bool?

    init(
        _ request: HTTPRequest, _ upload: HTTPUpload?, _ endpoint: HTTPEndpoint, _ limits: HTTPMessageLimits,
        _ options: HTTPClientOptions, _ pool: HTTPConnectionPool, within limit: Duration
    ) {
        self.request = request
        self.upload = upload
        self.endpoint = endpoint
        self.limits = limits
        self.options = options
        self.pool = pool
        self.limit = limit
        deadline = .now + limit
    }

    private var remaining: Duration { max(.zero, deadline - .now) }

    /// Goes on until there is a response for `use`.
    mutating func perform<Result>(
        _ use: (HTTPResponse, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        pool.noteRequest()
        var retries = newRetries
        var fresh = false
        while true {
            switch try await attempt(&retries, fresh: fresh, use) {
            case .answered(let result): return result
            case .again(let pause, let isFresh):
                fresh = isFresh
                if pause > .zero { try await pool.loop.sleep(for: pause) }
            case .elsewhere(let redirect):
                redirects += 1
                (request, endpoint) = (redirect.request, redirect.endpoint)
                if !redirect.keepsBody { upload = nil }
                retries = newRetries
            }
        }
    }

    private var newRetries: HTTPRetries {
        let isHarmless = mayRepeat ?? options.retries.methods.contains(request.method)
        return HTTPRetries(options.retries, isHarmless: isHarmless, isRepeatable: upload?.isRepeatable ?? true)
    }

    private func attempt<Result>(
        _ retries: inout HTTPRetries, fresh: Bool, _ use: (HTTPResponse, HTTPResponseBody) async throws -> Result
    ) async throws -> Turn<Result> {
        let exchange = HTTPExchange(
            request: request, upload: upload, endpoint: endpoint, limits: limits,
            keepsAlive: options.connections.idleMax > 0)
        let connection: HTTPClientConnection
        do {
            connection = try await pool.acquire(endpoint, fresh: fresh, within: remaining)
        } catch {
            return try again(after: error, .notSent, &retries)
        }
        defer { pool.release(connection) }
        var isHandedOver = false
        do {
            return try await connection.within(remaining, "\(exchange.name)") {
                try await exchange.perform(on: connection) { head, body in
                    if let turn: Turn<Result> = turn(after: head, &retries) {
                        try await body.drain(head)
                        return turn
                    }
                    isHandedOver = true
                    return .answered(try await use(head, body))
                }
            }
        } catch  where !isHandedOver && !connection.isAbortedForSource {
            return try again(after: error, outcome(on: connection), &retries)
        }
    }

    private func outcome(on connection: HTTPClientConnection) -> HTTPRetries.Outcome {
        if connection.wasUsedBefore && !connection.hasReceived {
            return .endedUnanswered(anythingSent: connection.hasSent)
        }
        return connection.hasSent ? .brokenOff : .notSent
    }

    /// What a response leads to; nil for the caller's closure.
    private func turn<Result>(after head: HTTPResponse, _ retries: inout HTTPRetries) -> Turn<Result>? {
        let wish = head.headers["Retry-After"].flatMap { HTTPRetryAfter.wait($0, at: .now()) }
        let outcome = HTTPRetries.Outcome.answered(head.status, retryAfter: wish)
        if let pause = pool.pause(&retries, after: outcome, remaining: remaining) {
            return .again(after: pause, fresh: false)
        }
        guard redirects < options.redirectsMax, let redirect = HTTPRedirect(head, to: request, at: endpoint),
            !redirect.keepsBody || upload?.isRepeatable ?? true
        else { return nil }
        return .elsewhere(redirect)
    }

    private func again<Result>(
        after error: any Error, _ outcome: HTTPRetries.Outcome, _ retries: inout HTTPRetries
    ) throws -> Turn<Result> {
        // Only what the network did is tried again: not the call's own deadline, a broken protocol, or the caller's
        // error. Where nothing was sent, a connection that took too long is such a thing.
        guard let failure = error as? ParlorError,
            failure.code == .connection || failure.code == .timeout && outcome == .notSent,
            let pause = pool.pause(&retries, after: outcome, remaining: remaining)
        else { throw error }
        return .again(after: pause, fresh: true)
    }
}
