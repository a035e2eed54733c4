import Basics
import Loop
import Postgres
import PostgresTestSupport
import Synchronization
import Testing

@Suite struct PoolTests {
    private func withPool<Result: Sendable>(
        _ limits: PoolLimits, reportLeak: @escaping @Sendable (Duration) -> Void = { _ in },
        _ body: @escaping @Sendable (PostgresPool, EventLoop) async throws -> Result
    ) async throws -> Result {
        var limits = limits
        // Nothing but a test of it should depend on how busy the machine is.
        if limits.acquireTimeout == PoolLimits().acquireTimeout { limits.acquireTimeout = .seconds(60) }
        limits.checkTimeout = .seconds(60)
        let patient = limits
        return try await withDatabase { options, loop in
            let pool = PostgresPool(options, patient, on: loop, reportLeak: reportLeak)
            let result = try await body(pool, loop)
            await pool.stop(within: .seconds(10))
            #expect(pool.status.connections == 0)
            return result
        }
    }

    @Test("Many tasks share few connections, each has one for itself, and no thread is changed")
    func sharing() async throws {
        try await withPool(PoolLimits(minimum: 3, maximum: 3)) { pool, loop in
            for _ in 0..<2 { try await pool.withConnection { _ = try await $0.query("SELECT $1::int8", 1) } }
            let hops = loop.hops
            let backends = try await withThrowingTaskGroup(of: Int32.self) { group in
                for number in 0..<30 {
                    group.addTask(executorPreference: loop) {
                        try await pool.withConnection { session in
                            #expect(session.isIdle)
                            let answer = try await session.query("SELECT $1::int8", number).only
                            #expect(try answer[0, as: Int.self] == number)
                            return session.backendProcess
                        }
                    }
                }
                return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
            }
            #expect(loop.hops == hops)
            #expect(backends.count <= 3)
            #expect(pool.status.acquired == 32 && pool.status.lent == 0)
        }
    }

    @Test("Tasks are served in the order in which they asked, however long each keeps its connection")
    func fairness() async throws {
        // Nobody may give up before all of them wait, however slow the machine is.
        try await withPool(PoolLimits(maximum: 1, acquireTimeout: .seconds(3600))) { pool, loop in
            let (order, served) = AsyncStream.makeStream(of: Int.self)
            try await pool.withConnection { session in
                for number in 0..<20 {
                    Task(executorPreference: loop) {
                        try await pool.withConnection { session in
                            served.yield(number)
                            for _ in 0..<number % 3 { try await session.query("SELECT 1") }
                        }
                    }
                    while pool.status.waiting <= number { await Task.yield() }
                }
                try await session.query("SELECT 1")
            }
            // Whoever asks last is served last.
            try await pool.withConnection { _ in served.finish() }
            #expect(await order.reduce(into: []) { $0.append($1) } == Array(0..<20))
            #expect(pool.status.acquired == 22)
        }
    }

    @Test("A task that waits too long, or is cancelled, gets no connection and takes none away")
    func waiting() async throws {
        try await withPool(PoolLimits(maximum: 1, acquireTimeout: .milliseconds(50))) { pool, loop in
            while pool.status.idle == 0 { await Task.yield() }
            try await pool.withConnection { _ in
                let late = Task(executorPreference: loop) { try await pool.withConnection { _ in } }
                let cancelled = Task(executorPreference: loop) { try await pool.withConnection { _ in } }
                cancelled.cancel()
                await #expect(throws: CancellationError.self) { try await cancelled.value }
                let error = await #expect(throws: PostgresError.self) { try await late.value }
                #expect(error?.kind == .crowded)
                #expect(error?.isTransient == true)
                #expect(error?.explained.why == "no connection was free within 50 ms")
            }
            try await pool.withConnection { _ = try await $0.query("SELECT 1") }
            #expect(pool.status.timeouts == 1)
        }
    }

    @Test("A connection that comes back in a transaction is not lent again")
    func openTransaction() async throws {
        try await withPool(PoolLimits(maximum: 1)) { pool, _ in
            let first = try await pool.withConnection { session in
                try await session.query("BEGIN", fate: .own)
                return session.backendProcess
            }
            let second = try await pool.withConnection { session in
                #expect(!session.isInTransaction)
                return session.backendProcess
            }
            #expect(first != second)
        }
    }

    @Test("A connection whose statement was called off is lent again when that has ended")
    func calledOff() async throws {
        try await withPool(PoolLimits(maximum: 1)) { pool, _ in
            let first = try await pool.withConnection { session in
                await #expect(throws: PostgresError.self) {
                    try await session.query("SELECT pg_sleep(3600)", within: .milliseconds(20))
                }
                return session.backendProcess
            }
            let second = try await pool.withConnection { session in
                try await session.query("SELECT 1")
                return session.backendProcess
            }
            #expect(first == second)
        }
    }

    @Test("Connections that the server has ended are replaced without anybody noticing")
    func broken() async throws {
        try await withPool(PoolLimits(minimum: 0, maximum: 2, checkAfter: .zero)) { pool, _ in
            let victim = try await pool.withConnection { $0.backendProcess }
            try await pool.withConnection { one in
                #expect(one.backendProcess == victim)
                try await pool.withConnection { other in
                    _ = try await other.query("SELECT pg_terminate_backend($1, 60000)", victim)
                }
            }
            try await pool.withConnection { session in
                #expect(session.backendProcess != victim)
                _ = try await session.query("SELECT 1")
            }
        }
    }

    @Test("A wrong password fails at once rather than after the wait")
    func refused() async throws {
        try await withDatabase { options, loop in
            var options = options
            options.password = Secret("wrong")
            let pool = PostgresPool(options, PoolLimits(acquireTimeout: .seconds(3600)), on: loop)
            let error = await #expect(throws: PostgresError.self) { try await pool.withConnection { _ in } }
            #expect(error?.sqlState == .invalidPassword)
            await pool.stop(within: .zero)
        }
    }

    @Test("Somebody who keeps a connection is reported")
    func leak() async throws {
        let heard = LoopWait<Void>()
        let limits = PoolLimits(maximum: 1, leakAfter: .milliseconds(1))
        try await withPool(limits, reportLeak: { _ in heard.succeed() }) { pool, loop in
            try await pool.withConnection { _ in try await heard.value(on: loop) }
            #expect(pool.status.leaks == 1)
        }
    }

    @Test("Two transactions that lock each other out both succeed when they may be repeated")
    func deadlock() async throws {
        try await withPool(PoolLimits(maximum: 2)) { pool, loop in
            try await pool.withConnection { session in
                _ = try await session.query("CREATE TABLE account (id int PRIMARY KEY, visits int8)")
                _ = try await session.query("INSERT INTO account VALUES (1, 0), (2, 0)")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in [[1, 2], [2, 1]] {
                    group.addTask(executorPreference: loop) {
                        for _ in 0..<3 {
                            try await pool.withTransaction(
                                isolation: .repeatableRead, retrying: .repeatable(attempts: 50)
                            ) { session in
                                _ = try await session.query("SET LOCAL deadlock_timeout = '5ms'")
                                for id in order {
                                    _ = try await session.query(
                                        "UPDATE account SET visits = visits + 1 WHERE id = $1", id)
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await pool.withConnection { try await $0.query("SELECT visits FROM account") }
            #expect(try rows.map { try $0[0, as: Int.self] } == [6, 6])
        }
    }

    @Test("A pool that stops waits for what is lent, and refuses what comes later")
    func stopping() async throws {
        try await withDatabase { options, loop in
            let pool = PostgresPool(options, PoolLimits(maximum: 1), on: loop)
            let begun = LoopWait<Void>()
            let proceed = LoopWait<Void>()
            let work = Task(executorPreference: loop) {
                try await pool.withConnection { session in
                    begun.succeed()
                    try await proceed.value(on: loop)
                    return try await session.query("SELECT 7::int8").only[0, as: Int.self]
                }
            }
            try await begun.value(on: loop)
            let stop = Task(executorPreference: loop) { await pool.stop(within: .seconds(60)) }
            loop.execute { proceed.succeed() }
            #expect(try await work.value == 7)
            await stop.value
            let error = await #expect(throws: PostgresError.self) { try await pool.withConnection { _ in } }
            #expect(error?.kind == .lost)
        }
    }
}
