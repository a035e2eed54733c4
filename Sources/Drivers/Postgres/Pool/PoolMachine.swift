/// Decides what a pool does with its connections. It performs nothing and knows no clock: events go in, actions come
/// out.
///
/// Invariants:
/// - There are never more connections than the maximum, those being made included.
/// - A connection is lent to one task at a time, and tasks are served in the order in which they came.
/// - A task that waits is served, refused or gives up itself; its deadline sees to that.
/// - Every connection ends with `close`, exactly once, unless it ended by itself.
///
/// On failure: connecting is tried again with growing waits while somebody needs a connection. A failure that will not
/// pass by itself (a wrong password) refuses all that wait.
struct PoolMachine: Sendable {
    /// What has happened.
    enum Event: Equatable, Sendable {
        /// Begin to keep the minimum.
        case start
        /// A task wants a connection.
        case acquire(ticket: Int)
        /// A task does not want one any more.
        case giveUp(ticket: Int)
        /// A connection was made.
        case connected(Int)
        /// A connection could not be made.
        case notConnected(Int, isTransient: Bool)
        /// A connection was asked whether it lives.
        case checked(Int, isAlive: Bool)
        /// A task gave its connection back.
        case released(Int, isUsable: Bool)
        /// A connection ended by itself.
        case broke(Int)
        /// The moment of `nextWake` has come.
        case wake
        /// Lend nothing more, and close what comes back.
        case stop
    }

    /// Why a task gets no connection.
    enum Refusal: Equatable, Sendable {
        case timeout
        case crowded
        case unreachable
        case stopping
    }

    /// What to do.
    enum Action: Equatable, Sendable {
        /// Make a connection, then report `connected` or `notConnected`.
        case connect(Int)
        /// Ask a connection whether it lives, then report `checked`.
        case check(Int)
        /// Give a connection to a task; it comes back as `released`.
        case lend(Int, ticket: Int)
        /// Tell a task that it gets none.
        case refuse(ticket: Int, Refusal)
        /// End a connection.
        case close(Int)
        /// Say that a connection is lent for a long time.
        case report(Int, heldFor: Duration)
        /// No connection is left, and none will come.
        case finish
    }

    /// What a connection is at.
    enum Phase: Equatable, Sendable {
        case connecting
        case idle(since: Duration)
        case checking
        case lent(since: Duration, isReported: Bool)
    }

    struct Connection: Sendable {
        var phase: Phase
        var expires: Duration
    }

    struct Waiter: Sendable {
        var ticket: Int
        var since: Duration
    }

    let limits: PoolLimits
    var connections: [Int: Connection] = [:]
    /// Connections at rest; the one used last is lent first, so that surplus shows.
    var idle: [Int] = []
    var waiters: [Waiter] = []
    var counts = PoolStatus()
    var lastNumber = 0
    /// Failures to connect in a row, and the moment before which there is no further attempt.
    var failures = 0
    var retryAt: Duration = .zero
    var isStarted = false
    var isStopping = false
    var isFinished = false

    init(_ limits: PoolLimits) { self.limits = limits }

    /// How the pool stands.
    var status: PoolStatus {
        var status = counts
        status.connections = connections.count
        status.idle = idle.count
        status.waiting = waiters.count
        status.lent = connections.values.count { if case .lent = $0.phase { true } else { false } }
        return status
    }

    /// Takes what has happened and says what to do.
    mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .start: isStarted = true
        case .acquire(let ticket): admit(ticket, now, &actions)
        case .giveUp(let ticket): waiters.removeAll { $0.ticket == ticket }
        case .connected(let number): connected(number, now)
        case .notConnected(let number, let isTransient): notConnected(number, isTransient, now, &actions)
        case .checked(let number, let isAlive): checked(number, isAlive, now, &actions)
        case .released(let number, let isUsable): released(number, isUsable, now, &actions)
        case .broke(let number): broke(number)
        case .wake: break
        case .stop: stop(&actions)
        }
        expire(now, &actions)
        lend(now, &actions)
        grow(now, &actions)
        if isStopping, connections.isEmpty, !isFinished {
            isFinished = true
            actions.append(.finish)
        }
        return actions
    }

    // MARK: - Events

    private mutating func admit(_ ticket: Int, _ now: Duration, _ actions: inout [Action]) {
        guard !isStopping else { return actions.append(.refuse(ticket: ticket, .stopping)) }
        guard waiters.count < limits.waitingMax else {
            counts.crowded += 1
            return actions.append(.refuse(ticket: ticket, .crowded))
        }
        waiters.append(Waiter(ticket: ticket, since: now))
    }

    private mutating func connected(_ number: Int, _ now: Duration) {
        guard connections[number]?.phase == .connecting else { return }
        failures = 0
        retryAt = .zero
        // Up to a tenth earlier, by the number.
        let age = limits.lifetime - limits.lifetime * (number % 8) / 80
        connections[number] = Connection(phase: .idle(since: now), expires: now + age)
        idle.append(number)
    }

    private mutating func notConnected(
        _ number: Int, _ isTransient: Bool, _ now: Duration, _ actions: inout [Action]
    ) {
        guard connections.removeValue(forKey: number) != nil else { return }
        counts.failedConnections += 1
        failures += 1
        retryAt = now + min(.milliseconds(50 << min(failures, 10)), .seconds(1))
        guard !isTransient else { return }
        for waiter in waiters { actions.append(.refuse(ticket: waiter.ticket, .unreachable)) }
        waiters = []
    }

    private mutating func checked(_ number: Int, _ isAlive: Bool, _ now: Duration, _ actions: inout [Action]) {
        guard connections[number]?.phase == .checking else { return }
        guard isAlive else {
            counts.broken += 1
            return close(number, &actions)
        }
        rest(number, now)
    }

    private mutating func released(_ number: Int, _ isUsable: Bool, _ now: Duration, _ actions: inout [Action]) {
        guard case .lent = connections[number]?.phase else { return }
        if isUsable { rest(number, now) } else { close(number, &actions) }
    }

    private mutating func broke(_ number: Int) {
        // One that is lent is still in somebody's hands, and comes back unusable.
        guard case .idle = connections[number]?.phase else { return }
        counts.broken += 1
        connections[number] = nil
        idle.removeAll { $0 == number }
    }

    private mutating func stop(_ actions: inout [Action]) {
        isStopping = true
        for waiter in waiters { actions.append(.refuse(ticket: waiter.ticket, .stopping)) }
        waiters = []
    }

    private mutating func rest(_ number: Int, _ now: Duration) {
        connections[number]?.phase = .idle(since: now)
        idle.append(number)
    }

    mutating func close(_ number: Int, _ actions: inout [Action]) {
        guard connections.removeValue(forKey: number) != nil else { return }
        idle.removeAll { $0 == number }
        actions.append(.close(number))
    }
}
