/// What the supervisor must know of a part to decide about it.
public struct PartDeclaration: Equatable, Sendable {
    /// The name, like `postgres`.
    public var name: String
    /// The kind, like `database` or `service`.
    public var kind: String
    /// The port that clients use, for `status`.
    public var port: Int?
    /// The parts that must be ready before this one is started, and that stop after it.
    public var dependencies: [String]
    /// How many of those suffice for a start; nil for all of them.
    public var dependenciesNeeded: Int?
    /// How long a start may take until the part is ready.
    public var startLimit: Duration
    /// How the part is asked to stop, each step with the time it gets; SIGKILL follows by itself.
    public var stopSteps: [StopStep]
    /// How often a part that has never been ready is started before the supervisor gives up on it.
    public var startAttempts: Int
    /// Whether a part that no longer answers is killed and started again; a database is better left to its operator.
    public var isRestartedWhenUnresponsive: Bool
    /// How the waits between restarts grow.
    public var backOff: BackOff

    /// A signal and the time that it gets to work.
    public struct StopStep: Equatable, Sendable {
        /// The signal.
        public var signal: Int32
        /// The time until the next step.
        public var limit: Duration

        /// A step.
        public init(_ signal: Int32, within limit: Duration) {
            self.signal = signal
            self.limit = limit
        }
    }

    /// A part with the waits and limits of an ordinary service.
    public init(
        _ name: String, kind: String, port: Int? = nil, after dependencies: [String] = [], needing count: Int? = nil,
        startLimit: Duration = .seconds(60), stopSteps: [StopStep] = [StopStep(15, within: .seconds(15))],
        startAttempts: Int = 5, isRestartedWhenUnresponsive: Bool = true, backOff: BackOff = BackOff()
    ) {
        self.name = name
        self.kind = kind
        self.port = port
        self.dependencies = dependencies
        dependenciesNeeded = count
        self.startLimit = startLimit
        self.stopSteps = stopSteps
        self.startAttempts = startAttempts
        self.isRestartedWhenUnresponsive = isRestartedWhenUnresponsive
        self.backOff = backOff
    }
}

/// Waits that double from a first one up to a longest one. The first restart after a good time comes at once.
public struct BackOff: Equatable, Sendable {
    /// The wait before the second attempt.
    public var first: Duration
    /// No wait is longer.
    public var longest: Duration
    /// A part that has been ready for so long starts over with no wait.
    public var settledAfter: Duration

    /// Waits from 100 ms to 15 s.
    public init(
        first: Duration = .milliseconds(100), longest: Duration = .seconds(15), settledAfter: Duration = .seconds(3)
    ) {
        self.first = first
        self.longest = longest
        self.settledAfter = settledAfter
    }

    /// The wait after `failures` failures in a row.
    public func wait(after failures: Int) -> Duration {
        guard failures > 1 else { return .zero }
        return min(longest, first * (1 << min(failures - 2, 20)))
    }
}
