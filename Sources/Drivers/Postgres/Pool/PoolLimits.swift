/// How many connections a pool keeps, and for how long.
public struct PoolLimits: Hashable, Sendable {
    /// So many are kept open even when nobody wants them.
    public var minimum: Int
    /// Never more than so many.
    public var maximum: Int
    /// How long a task waits for a connection.
    public var acquireTimeout: Duration
    /// How many tasks may wait; one more is refused as `crowded`.
    public var waitingMax: Int
    /// The age at which a connection is replaced; some a little earlier, so that they do not all go at once.
    public var lifetime: Duration
    /// How long more connections than the minimum stay without use.
    public var idleTime: Duration
    /// A connection unused for longer is asked whether it lives before it is lent.
    public var checkAfter: Duration
    /// How long the answer to that may take.
    public var checkTimeout: Duration
    /// A connection that is lent for longer is reported once.
    public var leakAfter: Duration

    /// Limits that suit a service on one machine.
    public init(
        minimum: Int = 1, maximum: Int = 10, acquireTimeout: Duration = .seconds(5), waitingMax: Int = 1024,
        lifetime: Duration = .seconds(1800), idleTime: Duration = .seconds(300), checkAfter: Duration = .seconds(30),
        checkTimeout: Duration = .seconds(2), leakAfter: Duration = .seconds(60)
    ) {
        precondition(minimum >= 0 && maximum > 0 && minimum <= maximum, "a pool's minimum is at most its maximum")
        self.minimum = minimum
        self.maximum = maximum
        self.acquireTimeout = acquireTimeout
        self.waitingMax = waitingMax
        self.lifetime = lifetime
        self.idleTime = idleTime
        self.checkAfter = checkAfter
        self.checkTimeout = checkTimeout
        self.leakAfter = leakAfter
    }
}

/// How a pool stands, for metrics.
public struct PoolStatus: Hashable, Sendable {
    /// Connections that are open or being made.
    public var connections = 0
    /// Connections that wait for somebody.
    public var idle = 0
    /// Connections that somebody has.
    public var lent = 0
    /// Tasks that wait for a connection.
    public var waiting = 0
    /// How often a connection was lent.
    public var acquired = 0
    /// How often a task waited too long.
    public var timeouts = 0
    /// How often a task was refused because too many waited.
    public var crowded = 0
    /// How often connecting failed.
    public var failedConnections = 0
    /// How often a connection did not live when it was asked, or broke while nobody had it.
    public var broken = 0
    /// How often a connection was replaced for its age.
    public var expired = 0
    /// How often a connection was closed because nobody wanted it.
    public var surplus = 0
    /// How often somebody kept a connection for too long.
    public var leaks = 0
    /// How long tasks have waited in all, those that got a connection.
    public var waitTotal: Duration = .zero
}
