/// What is tried again, how often and when.
///
/// What was not sent at all may always be tried again. A request that the server may have acted upon is repeated only
/// when its method says that this does no harm, or its caller does.
public struct HTTPRetryPolicy: Hashable, Sendable {
    /// How often a request is tried, the first time included.
    public var attemptsMax: Int
    /// The wait before the second attempt; each further one is twice as long.
    public var firstPause: Duration
    /// The longest wait; a server that asks for more gets no second attempt.
    public var longestPause: Duration
    /// The statuses that may pass by themselves.
    public var statuses: Set<HTTPStatus> = [408, 429, 500, 502, 503, 504].reduce(into: []) { $0.insert(HTTPStatus($1)) }
    /// The methods that can be repeated.
    public var methods: Set<HTTPMethod> = [.get, .head, .put, .delete, .options]

    /// A policy.
    public init(
        attemptsMax: Int = 4, firstPause: Duration = .milliseconds(100), longestPause: Duration = .seconds(10)
    ) {
        self.attemptsMax = attemptsMax
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// Nothing is tried again.
    public static let never = HTTPRetryPolicy(attemptsMax: 1)
}

/// Keeps retries to a share of the requests, so that a server in trouble does not get a multiple of its load.
struct HTTPRetryBudget: Equatable, Sendable {
    private static let capacity = 50
    /// A retry costs five, and a request brings one.
    private static let cost = 5
    private var tokens = capacity

    mutating func deposit() { tokens = min(tokens + 1, Self.capacity) }

    mutating func withdraw() -> Bool {
        guard tokens >= Self.cost else { return false }
        tokens -= Self.cost
        return true
    }
}

/// Decides for one request whether it is tried again. It performs nothing.
struct HTTPRetries: Sendable {
    /// How an attempt went that brought no usable response.
    enum Outcome: Equatable, Sendable {
        /// Nothing of the request left this side.
        case notSent
        /// The connection, used before, ended before any byte of a response; the server may not have seen the request.
        case endedUnanswered(anythingSent: Bool)
        /// The connection failed on the way.
        case brokenOff
        /// The server answered.
        case answered(HTTPStatus, retryAfter: Duration?)
    }

    private let policy: HTTPRetryPolicy
    private let isHarmless: Bool
    private let isRepeatable: Bool
    private var attempts = 1
    private var hasReplacedConnection = false

    /// For a request; `isHarmless` says that doing it twice does no harm, `isRepeatable` that its body can be made
    /// again.
    init(_ policy: HTTPRetryPolicy, isHarmless: Bool, isRepeatable: Bool) {
        self.policy = policy
        self.isHarmless = isHarmless
        self.isRepeatable = isRepeatable
    }

    /// How long to wait before the next attempt; nil when there is none.
    mutating func pause(
        after outcome: Outcome, remaining: Duration, budget: inout HTTPRetryBudget,
        using generator: inout some RandomNumberGenerator
    ) -> Duration? {
        guard isRepeatable else { return nil }
        if case .endedUnanswered(let anythingSent) = outcome, isHarmless || !anythingSent, !hasReplacedConnection {
            hasReplacedConnection = true
            return .zero
        }
        guard attempts < policy.attemptsMax, mayRepeat(after: outcome) else { return nil }
        var pause = backOff(using: &generator)
        if case .answered(_, let wish?) = outcome { pause = max(pause, wish) }
        guard pause <= policy.longestPause, pause < remaining, budget.withdraw() else { return nil }
        attempts += 1
        return pause
    }

    private func mayRepeat(after outcome: Outcome) -> Bool {
        switch outcome {
        case .notSent: true
        case .endedUnanswered, .brokenOff: isHarmless
        case .answered(let status, _): isHarmless && policy.statuses.contains(status)
        }
    }

    /// Between the half and the whole of a time that doubles, so that many clients do not come back at once.
    private func backOff(using generator: inout some RandomNumberGenerator) -> Duration {
        let whole = min(policy.firstPause * (1 << min(attempts - 1, 30)), policy.longestPause)
        return whole / 2 + (whole / 2) * Double.random(in: 0...1, using: &generator)
    }
}
