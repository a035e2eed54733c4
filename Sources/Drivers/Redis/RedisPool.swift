import Basics
public import Loop

/// A bounded number of connections to one server, on one loop.
///
/// One connection is shared by all tasks for everything that is answered at once (`send`, `shared`): Redis works on one
/// command at a time anyhow, so more of them would only cost. The others are lent to one task at a time, for commands
/// that block. Both kinds are made when they are first wanted, and mend themselves.
public final class RedisPool: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let options: RedisOptions
    private let loop: EventLoop
    private let hooks: RedisHooks
    private let acquireTimeout: Duration
    private var book: LeaseBook
    private var connections: [Int: RedisConnection] = [:]
    private var sharedConnection: RedisConnection?
    private var waits: [UInt64: LoopWait<Int>] = [:]
    /// Places on their way to somebody who has not run since.
    private var granted: [UInt64: Int] = [:]
    private var lastBorrower: UInt64 = 0
    private var isClosed = false

    /// A pool that lends at most `size` connections beside the shared one, and lets at most `waitingMax` tasks wait for
    /// one, each for at most `acquireTimeout`.
    public init(
        _ options: RedisOptions, on loop: EventLoop, size: Int = 8, waitingMax: Int = 1000,
        acquireTimeout: Duration = .seconds(5), hooks: RedisHooks = RedisHooks()
    ) throws(RedisError) {
        if let objection = options.objection() { throw objection }
        guard size > 0 else { throw .unusable("a pool lends at least one connection") }
        self.options = options
        self.loop = loop
        self.hooks = hooks
        self.acquireTimeout = acquireTimeout
        book = LeaseBook(size: size, waitingMax: waitingMax)
    }

    /// How many connections are lent, how many of those that can be lent exist, and how many tasks wait for one.
    public var use: (lent: Int, made: Int, waiting: Int) { (book.lent.count, book.places, book.waiting.count) }

    /// The connection that all tasks share.
    public func shared() throws(RedisError) -> RedisConnection {
        guard !isClosed else { throw .closed("\(options.address)") }
        if let sharedConnection { return sharedConnection }
        let connection = try RedisConnection(options, on: loop, hooks: hooks)
        sharedConnection = connection
        return connection
    }

    /// Sends a command on the shared connection.
    @discardableResult
    public func send(_ command: RedisCommand, within limit: Duration? = nil) async throws -> RedisValue {
        guard command.standing != .blocking else {
            throw RedisError.unusable(
                "\(command.name) would keep everybody waiting", hint: "Borrow a connection for it.")
        }
        return try await shared().send(command, within: limit)
    }

    /// Lends a connection to `body` alone. Those who wait are served in the order in which they came.
    @discardableResult
    public func withConnection<Result>(_ body: (RedisConnection) async throws -> Result) async throws -> Result {
        let start = ContinuousClock.now
        let place = try await borrow()
        let lentAt = ContinuousClock.now
        defer {
            hand(place)
            hooks.returned?(.now - lentAt)
        }
        hooks.lent?(lentAt - start)
        return try await body(connection(at: place))
    }

    private func connection(at place: Int) throws(RedisError) -> RedisConnection {
        guard !isClosed else { throw .closed("\(options.address)") }
        if let connection = connections[place], !connection.isClosed { return connection }
        let connection = try RedisConnection(options, on: loop, hooks: hooks)
        connections[place] = connection
        return connection
    }

    private func borrow() async throws -> Int {
        precondition(loop.isCurrent, "a pool is used on its loop: the task must prefer it")
        guard !isClosed else { throw RedisError.closed("\(options.address)") }
        try Task.checkCancellation()
        lastBorrower += 1
        let borrower = lastBorrower
        switch book.request(borrower) {
        case .lent(let place): return place
        case .turnedAway: throw turnAway(.queueFull("\(options.address)", waiting: book.waiting.count, nil))
        case .wait: return try await wait(borrower)
        }
    }

    private func wait(_ borrower: UInt64) async throws -> Int {
        let wait = LoopWait<Int>()
        waits[borrower] = wait
        let error = RedisError.overdue("borrowing a connection", acquireTimeout, wasSent: false, nil)
        let timer = loop.schedule(after: acquireTimeout) { wait.fail(error) }
        defer { timer.cancel() }
        do {
            let place = try await wait.value(on: loop)
            granted[borrower] = nil
            return place
        } catch {
            leave(borrower, wait)
            if let error = error as? RedisError { throw turnAway(error) }
            throw error
        }
    }

    private func leave(_ borrower: UInt64, _ wait: LoopWait<Int>) {
        waits[borrower] = nil
        // Cancelled in the very turn in which its place came: the next one gets it.
        if !book.leave(borrower), let place = granted.removeValue(forKey: borrower) { hand(place) }
    }

    private func hand(_ place: Int) {
        guard let next = book.giveBack(place) else { return }
        granted[next] = place
        waits.removeValue(forKey: next)?.succeed(place)
    }

    private func turnAway(_ error: RedisError) -> RedisError {
        hooks.turnedAway?(error)
        return error
    }

    /// Lends nothing any more, lets commands that were given end within `limit`, and hangs up.
    public func close(within limit: Duration = .seconds(5)) async {
        isClosed = true
        for borrower in book.close() {
            waits.removeValue(forKey: borrower)?.fail(RedisError.closed("\(options.address)"))
        }
        let all = connections.values + [sharedConnection].compactMap { $0 }
        connections = [:]
        sharedConnection = nil
        await withTaskGroup { group in
            for connection in all { group.addTask { await connection.close(within: limit) } }
        }
    }
}
