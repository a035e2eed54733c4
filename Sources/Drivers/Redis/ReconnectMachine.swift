/// The pauses between attempts to connect: each failure doubles the next one, up to the longest.
public struct RedisBackOff: Hashable, Sendable {
    /// The pause after the first failure.
    public var shortest: Duration
    /// The pause that is not exceeded.
    public var longest: Duration
    /// How long a connection must have held for the count of failures to begin anew.
    public var steadyAfter: Duration

    /// Describes the pauses.
    public init(
        shortest: Duration = .milliseconds(50), longest: Duration = .seconds(5), steadyAfter: Duration = .seconds(10)
    ) {
        self.shortest = shortest
        self.longest = longest
        self.steadyAfter = steadyAfter
    }

    /// The pause after so many failures, at least half of the full one: `spread` between 0 and 1 keeps the clients of
    /// a server from returning all at once.
    func pause(afterFailures failures: Int, spread: Double) -> Duration {
        // 2^20 times any sensible beginning is above any sensible end.
        let doubled = shortest * (1 << min(max(failures - 1, 0), 20))
        return min(doubled, longest) * (0.5 + spread / 2)
    }
}

/// Decides when to connect; knows neither sockets nor clocks.
///
/// States: resting (before the start), connecting, up, pausing, closed for good. An event that does not fit the state
/// came too late and changes nothing.
struct ReconnectMachine: Equatable {
    enum State: Equatable { case resting, connecting, up, pausing, closed }

    enum Event: Equatable {
        case start
        case opened
        /// An attempt to connect failed.
        case failed
        /// An established connection ended after it had held for some time.
        case lost(after: Duration)
        case pauseOver
        case close
    }

    enum Action: Equatable {
        case nothing
        case connect
        case pause(Duration)
        case hangUp
    }

    let backOff: RedisBackOff
    private(set) var state = State.resting
    private(set) var failures = 0

    init(_ backOff: RedisBackOff) { self.backOff = backOff }

    /// What is to be done about an event; `spread` is a random number between 0 and 1.
    mutating func handle(_ event: Event, spread: Double) -> Action {
        switch (state, event) {
        case (.closed, _): return .nothing
        case (_, .close):
            state = .closed
            return .hangUp
        case (.resting, .start), (.pausing, .pauseOver):
            state = .connecting
            return .connect
        case (.connecting, .opened):
            state = .up
            return .nothing
        case (.connecting, .failed): return pause(spread)
        case (.up, .lost(let held)):
            guard held >= backOff.steadyAfter else { return pause(spread) }
            failures = 0
            state = .connecting
            return .connect
        default: return .nothing
        }
    }

    private mutating func pause(_ spread: Double) -> Action {
        failures += 1
        state = .pausing
        return .pause(backOff.pause(afterFailures: failures, spread: spread))
    }
}
