import Basics
package import Loop
package import Postgres

/// How the program reaches its data.
///
/// Everything goes through a `Scope`, so no statement can be sent without saying for whom. Single statements share
/// connections, and their scope travels with them; transactions have a connection to themselves.
///
/// Reads that may be a little old go to a standby that is fresh enough, and to the primary where none is. What fails
/// without having done anything is tried again, within a budget.
package final class Store: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on its loop only.
    let loop: EventLoop
    let limits: StoreLimits
    private let primaryOptions: ConnectionOptions
    private let primary: StoreServer
    private let standbys: [StoreServer]
    private let lag: LagWatch
    private var route = ReadRoute()
    private var budget = RetryBudget()
    private var random: SeededRandom
    private let statistics: StatementStatistics?
    /// What measures each statement that was sent so far, by its name.
    private var meters: [String: StatementMeter] = [:]

    /// A store over a primary and its standbys; it connects when it is first used. `statistics` measures each attempt of
    /// each statement; `seed` decides the chance in pauses.
    package init(
        primary: ConnectionOptions, standbys: [ConnectionOptions] = [], _ limits: StoreLimits = StoreLimits(),
        statistics: StatementStatistics? = nil, seed: UInt64 = .random(in: .min ... .max), on loop: EventLoop
    ) {
        self.loop = loop
        self.limits = limits
        self.statistics = statistics
        random = SeededRandom(seed: seed)
        var primary = primary
        primary.target = .primary
        primaryOptions = primary
        self.primary = StoreServer(primary, limits, hasTransactions: true, on: loop)
        self.standbys = standbys.map { options in
            var options = options
            options.target = .standby
            return StoreServer(options, limits, hasTransactions: false, on: loop)
        }
        lag = LagWatch(self.primary, self.standbys, every: limits.lagInterval, on: loop)
    }

    /// Waits for what is on its way, at most for `limit`, and closes every connection.
    package func stop(within limit: Duration) async {
        lag.stop()
        for standby in standbys { await standby.stop(within: limit) }
        await primary.stop(within: limit)
    }

    /// What writes rows of many tasks to the primary, so that those which wait share a commit. It is stopped by whoever
    /// made it.
    package func batcher<each Value: PostgresElement>(
        _ sql: String, columns: repeat (each Value).Type, in scope: some Scope, _ limits: BatchLimits = BatchLimits()
    ) throws -> CommitBatcher {
        let statement = BatchStatement(sql, columns: repeat (each Value).self, context: try scope.context)
        return CommitBatcher(primaryOptions, statement, limits, session: self.limits.session, on: loop)
    }

    /// How old each standby's answers may be at most; nil for one that does not answer.
    package var staleness: [Duration?] { lag.meters.map { $0.staleness(at: lag.now) } }

    /// Which server would answer a read now.
    package func route(for freshness: Freshness) -> ReadRoute.Server {
        route.server(for: freshness, lag.meters, at: lag.now)
    }
}

extension Store {
    /// The rows of a statement that reads.
    package func read<Input, Row>(
        _ statement: Statement<Input, Row>, _ input: Input, in scope: some Scope, _ freshness: Freshness = .recent,
        within limit: Duration? = nil
    ) async throws -> [Row] {
        precondition(statement.access == .reads, "\(statement.name) does not only read")
        let (context, parameters) = (try scope.readingContext, try statement.encode(input))
        var failed: Set<Int> = []
        let rows = try await repeating(.always) {
            let server = self.route.server(for: freshness, self.lag.meters, at: self.lag.now, excluding: failed)
            do {
                let session = try await self.server(server).session()
                return try await self.measured(statement, rows: \.affected) {
                    try await session.query(statement.sql, parameters: parameters, context: context, within: limit)
                }
            } catch let error as PostgresError {
                if case .standby(let index) = server, error.kind != .statement {
                    failed.insert(index)
                    self.lag.lost(index)
                }
                throw error
            }
        }
        return try rows.map(statement.row.make)
    }

    /// Runs a statement that writes, in a transaction of its own, and says behind which place of the log it stands.
    @discardableResult
    package func write<Input, Row>(
        _ statement: Statement<Input, Row>, _ input: Input, in scope: some Scope, within limit: Duration? = nil
    ) async throws -> Written<[Row]> {
        let (context, parameters) = (try scope.context, try statement.encode(input))
        let (rows, position) = try await repeating(statement.access.repetition) {
            let session = try await self.primary.session()
            return try await self.measured(statement, rows: \.rows.affected) {
                try await session.commit(statement.sql, parameters: parameters, context: context, within: limit)
            }
        }
        return Written(value: try rows.map(statement.row.make), affected: rows.affected, position: position)
    }

    /// Runs statements in one transaction on the primary, committed when `body` returns. With `repeatable` it runs
    /// again when the server rolled it back because of others, or its connection broke before the commit.
    @discardableResult
    package func transaction<Result>(
        in scope: some Scope, isolation: TransactionIsolation = .readCommitted, repeatable: Bool = false,
        _ body: (StoreTransaction) async throws -> Result
    ) async throws -> Written<Result> {
        let context = try scope.context
        guard let pool = primary.pool else { preconditionFailure("the primary has a pool") }
        var hasBegun = false
        return try await repeating(repeatable || !hasBegun ? .ofTransaction : .never) {
            try await pool.withConnection { session in
                let value = try await session.transaction(isolation: isolation, context: context) {
                    hasBegun = true
                    return try await body(StoreTransaction(session, self))
                }
                return Written(value: value, affected: 0, position: await session.position(.inserted))
            }
        }
    }

    /// Has an attempt measured, where somebody wants to know.
    func measured<Result>(
        _ statement: some AnyStatement, rows: (Result) -> Int, _ attempt: () async throws -> Result
    ) async throws -> Result {
        guard let statistics else { return try await attempt() }
        let meter = meters[statement.name] ?? statistics.meter(for: MeasuredStatement(statement))
        meters[statement.name] = meter
        let start = ContinuousClock.now
        do {
            let result = try await attempt()
            meter.record(.now - start, rows: rows(result))
            return result
        } catch {
            meter.record(.now - start, error: error)
            throw error
        }
    }

    private func server(_ server: ReadRoute.Server) -> StoreServer {
        switch server {
        case .primary: primary
        case .standby(let index): standbys[index]
        }
    }

    private func repeating<Result>(
        _ repetition: @autoclosure () -> Repetition, _ attempt: () async throws -> Result
    ) async throws -> Result {
        budget.earn()
        var number = 1
        while true {
            do {
                return try await attempt()
            } catch {
                let pause = limits.retries.pause(
                    after: error, attempt: number, repetition(), random: &random)
                guard let pause, budget.spend() else { throw error }
                try await loop.sleep(for: pause)
                number += 1
            }
        }
    }
}

/// What a write brought.
package struct Written<Value> {
    /// Its rows, or what its transaction returned.
    package let value: Value
    /// How many rows a statement changed.
    package let affected: Int
    /// A place of the log behind its commit, for reads that have to show it; nil when it could not be learned.
    package let position: PostgresWALPosition?

    /// What a write brought.
    package init(value: Value, affected: Int, position: PostgresWALPosition?) {
        self.value = value
        self.affected = affected
        self.position = position
    }
}

extension Written: Sendable where Value: Sendable {}

/// An open transaction of a scope.
package struct StoreTransaction: Sendable {
    private let session: PostgresSession
    private let store: Store

    init(_ session: PostgresSession, _ store: Store) {
        self.session = session
        self.store = store
    }

    /// The rows of a statement.
    @discardableResult
    package func run<Input, Row>(
        _ statement: Statement<Input, Row>, _ input: Input, within limit: Duration? = nil
    ) async throws -> [Row] {
        try await send(statement, input, within: limit).map(statement.row.make)
    }

    private func send<Input, Row>(
        _ statement: Statement<Input, Row>, _ input: Input, within limit: Duration?
    ) async throws -> PostgresRows {
        let parameters = try statement.encode(input)
        return try await store.measured(statement, rows: \.affected) {
            try await session.query(statement.sql, parameters: parameters, within: limit)
        }
    }

    /// Runs a statement and says how many rows it changed.
    package func change<Input, Row>(
        _ statement: Statement<Input, Row>, _ input: Input, within limit: Duration? = nil
    ) async throws -> Int {
        try await send(statement, input, within: limit).affected
    }

    /// Runs `body` so that it can fail alone: what it did is undone when it throws, and the transaction goes on.
    package func savepoint<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await session.savepoint(body)
    }
}
