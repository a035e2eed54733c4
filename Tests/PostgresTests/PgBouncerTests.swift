import Basics
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct PgBouncerTests {
    /// A database, and the way to it through PgBouncer.
    private func withBouncer<Value: Sendable>(
        _ body: @escaping @Sendable (ConnectionOptions, EventLoop) async throws -> Value
    ) async throws -> Value {
        let bouncer = try PgBouncer()
        return try await withDatabase { options, loop in try await body(bouncer.options(options), loop) }
    }

    @Test("In transaction pooling, sessions without named statements share fewer server connections than they are")
    func statements() async throws {
        try await withBouncer { options, loop in
            let unnamed = SessionOptions(preparation: .unnamed)
            let pool = PostgresPool(
                options, PoolLimits(minimum: 8, maximum: 8, acquireTimeout: .seconds(60)), unnamed, on: loop)
            try await pool.withConnection { try await $0.query("CREATE TABLE booking (id int8)") }
            let backends = try await withThrowingTaskGroup(of: Set<Int>.self) { group in
                for number in 0..<8 {
                    group.addTask(executorPreference: loop) {
                        try await pool.withConnection { session in
                            var backends: Set<Int> = []
                            for round in 0..<20 {
                                try await session.query("INSERT INTO booking VALUES ($1)", number * 100 + round)
                                let backend = try await session.query("SELECT pg_backend_pid()", fate: .own).only
                                backends.insert(try backend[0, as: Int.self])
                            }
                            return backends
                        }
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.formUnion($1) }
            }
            #expect((1...2).contains(backends.count))
            let count = try await pool.withConnection {
                try await $0.query("SELECT count(DISTINCT id) FROM booking").only[0, as: Int.self]
            }
            #expect(count == 160)
            await pool.stop(within: .seconds(10))
        }
    }

    @Test("Transactions, savepoints, errors, streams and copies work through it")
    func everything() async throws {
        try await withBouncer { options, loop in
            let session = try await PostgresSession.connect(
                options, SessionOptions(preparation: .unnamed), on: loop)
            defer { session.close() }
            try await session.query("CREATE TABLE booking (id int8 PRIMARY KEY)")
            try await session.transaction(isolation: .serializable) {
                try await session.query("INSERT INTO booking VALUES ($1)", 1)
                await #expect(throws: PostgresError.self) {
                    try await session.savepoint { try await session.query("INSERT INTO booking VALUES ($1)", 1) }
                }
                let isolation = try await session.query("SHOW transaction_isolation").only[0, as: String.self]
                #expect(isolation == "serializable")
            }
            try await session.copyRows(into: ["booking"], columns: ["id"]) { rows in
                for number in 2...500 { try await rows.write(number) }
            }
            let sum = try await session.stream("SELECT id FROM booking WHERE id <= $1", 500) { rows in
                try await rows.reduce(0) { $0 + (try $1[0, as: Int.self]) }
            }
            #expect(sum == 125_250)
            let late = await #expect(throws: PostgresError.self) {
                try await session.query("SELECT pg_sleep(3600)", within: .milliseconds(20))
            }
            #expect(late?.kind == .overdue)
            #expect(try await session.query("SELECT count(*) FROM booking").only[0, as: Int.self] == 500)
        }
    }

    @Test("Rows are committed in batches through it")
    func batches() async throws {
        try await withBouncer { options, loop in
            let session = try await PostgresSession.connect(
                options, SessionOptions(preparation: .unnamed), on: loop)
            defer { session.close() }
            try await session.query("CREATE TABLE event (sender text, number int8)")
            let batcher = CommitBatcher(
                options,
                BatchStatement(
                    "INSERT INTO event SELECT * FROM unnest($1::text[], $2::int8[])", columns: String.self, Int.self),
                session: SessionOptions(preparation: .unnamed), on: loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask(executorPreference: loop) { try await batcher.commit(BatchRow("Ada", number)) }
                }
                try await group.waitForAll()
            }
            await batcher.stop(within: .seconds(10))
            #expect(try await session.query("SELECT count(*) FROM event").only[0, as: Int.self] == 300)
        }
    }

    @Test("The probe and the kept connection work through it, again and again")
    func probes() async throws {
        try await withBouncer { options, loop in
            for _ in 0..<4 {
                let probe = await PostgresProbe.check(options, on: loop, within: .seconds(60))
                #expect(probe.state == .accepting)
                let kept = KeptConnection(options, on: loop)
                for _ in 0..<3 { _ = try await kept.check(within: .seconds(60)) }
                await kept.close()
            }
        }
    }
}
