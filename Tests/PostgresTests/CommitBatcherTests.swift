import Basics
import Glibc
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct CommitBatcherTests {
    private static let statement = BatchStatement(
        "INSERT INTO event (sender, body) SELECT * FROM unnest($1::text[], $2::jsonb[])",
        columns: String.self, PostgresJSON?.self)

    private func row(_ number: Int) throws -> BatchRow {
        try BatchRow("sender \(number)", PostgresJSON("{\"n\": \(number)}") as PostgresJSON?)
    }

    /// A batcher on a table that takes each sender once, and a session to look at it.
    private func withBatcher<Result: Sendable>(
        _ limits: BatchLimits = BatchLimits(),
        _ body: @escaping @Sendable (CommitBatcher, PostgresSession, EventLoop) async throws -> Result
    ) async throws -> Result {
        try await withDatabase { options, loop in
            let session = try await PostgresSession.connect(options, on: loop)
            defer { session.close() }
            try await session.query(
                "CREATE TABLE event (sender text PRIMARY KEY CHECK (sender <> 'sender 13'), body jsonb)")
            let batcher = CommitBatcher(options, Self.statement, limits, on: loop)
            let result = try await body(batcher, session, loop)
            await batcher.stop(within: .seconds(10))
            return result
        }
    }

    /// Commits the rows at the same time; what became of each, nil for well.
    private func commit(
        _ rows: [BatchRow], _ batcher: CommitBatcher, _ loop: EventLoop
    ) async -> [PostgresError?] {
        await withTaskGroup(of: (Int, PostgresError?).self) { group in
            for (index, row) in rows.enumerated() {
                group.addTask(executorPreference: loop) {
                    do {
                        try await batcher.commit(row)
                        return (index, nil)
                    } catch {
                        return (index, error as? PostgresError)
                    }
                }
            }
            let all = await group.reduce(into: [(Int, PostgresError?)]()) { $0.append($1) }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func count(_ session: PostgresSession) async throws -> Int {
        try await session.query("SELECT count(*) FROM event").only[0, as: Int.self]
    }

    @Test(
        "Many rows share few commits, are there when they are acknowledged, and no thread is changed",
        arguments: [1, 2])
    func batches(connections: Int) async throws {
        try await withBatcher(BatchLimits(connections: connections)) { batcher, session, loop in
            try await batcher.commit(row(-1))
            let hops = loop.hops
            let before = batcher.status.batches
            let rows = try (100..<1100).map { try self.row($0) }
            #expect(await commit(rows, batcher, loop).allSatisfy { $0 == nil })
            #expect(loop.hops == hops)
            #expect(batcher.status.batches - before <= 5)
            #expect(try await count(session) == 1001)
        }
    }

    @Test("A lone row goes at once, with NULL where it has it")
    func lone() async throws {
        try await withBatcher { batcher, session, loop in
            try await batcher.commit(BatchRow("Ada", nil as PostgresJSON?))
            let stored = try await session.query("SELECT sender, body FROM event").only
            #expect(try stored.values(as: String.self, PostgresJSON?.self) == ("Ada", nil))
            #expect(batcher.status.batches == 1)
        }
    }

    @Test("A bad row gets its own error, and its neighbours are written")
    func badRows() async throws {
        try await withBatcher { batcher, session, loop in
            var rows = try (0..<40).map { try self.row($0) }
            rows.append(try row(7))
            rows.append(try BatchRow("broken", PostgresJSON("{") as PostgresJSON?))
            let outcomes = await commit(rows, batcher, loop)
            #expect(outcomes[13]?.report?.constraint == "event_sender_check")
            // One of the two that are the same is refused; which one, their order says.
            #expect(outcomes[7] == nil)
            #expect(outcomes[40]?.sqlState == .uniqueViolation)
            #expect(outcomes[41]?.sqlState == .invalidTextRepresentation)
            #expect(outcomes.count { $0 != nil } == 3)
            #expect(try await count(session) == 39)
        }
    }

    @Test("An error that is nobody's fails all rows at once")
    func noTable() async throws {
        try await withBatcher { batcher, session, loop in
            try await batcher.commit(row(0))
            try await session.query("DROP TABLE event")
            let before = batcher.status.batches
            let outcomes = await commit(try (1..<20).map { try self.row($0) }, batcher, loop)
            #expect(outcomes.allSatisfy { $0?.sqlState?.code == "42P01" })
            #expect(batcher.status.batches - before <= 2)
        }
    }

    @Test("Rows on a connection that breaks are in doubt, those that wait are written by the next one")
    func lost() async throws {
        try await withBatcher { batcher, session, loop in
            try await batcher.commit(row(0))
            try await session.query("BEGIN", fate: .own)
            try await session.query("LOCK TABLE event IN ACCESS EXCLUSIVE MODE", fate: .own)
            let stuck = Task(executorPreference: loop) { try await batcher.commit(row(1)) }
            let waiter = """
                SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
                """
            var blocked = try await session.query(waiter, fate: .own)
            while blocked.isEmpty { blocked = try await session.query(waiter, fate: .own) }
            let next = Task(executorPreference: loop) { try await batcher.commit(row(2)) }
            while batcher.status.waiting == 0 { try await session.query("SELECT 1", fate: .own) }
            try await session.query("SELECT pg_terminate_backend($1)", blocked.only[0, as: Int32.self], fate: .own)
            let error = await #expect(throws: PostgresError.self) { try await stuck.value }
            #expect(error?.kind == .outcomeUnknown)
            try await session.query("COMMIT", fate: .own)
            try await next.value
            let senders = try await session.query("SELECT sender FROM event ORDER BY sender")
            #expect(try senders.map { try $0[0, as: String.self] } == ["sender 0", "sender 2"])
        }
    }

    @Test("A batch that takes too long closes its connection, and its outcome is unknown")
    func overdue() async throws {
        try await withBatcher(BatchLimits(batchTimeout: .milliseconds(50))) { batcher, session, loop in
            try await session.query("BEGIN", fate: .own)
            try await session.query("LOCK TABLE event IN ACCESS EXCLUSIVE MODE", fate: .own)
            let error = await #expect(throws: PostgresError.self) { try await batcher.commit(row(1)) }
            #expect(error?.kind == .outcomeUnknown)
            try await session.query("ROLLBACK", fate: .own)
        }
    }

    @Test("A row that waits too long, or whose task is cancelled, is not written")
    func withdrawn() async throws {
        try await withBatcher { batcher, session, loop in
            try await batcher.commit(row(0))
            try await session.query("BEGIN", fate: .own)
            try await session.query("LOCK TABLE event IN ACCESS EXCLUSIVE MODE", fate: .own)
            let first = Task(executorPreference: loop) { try await batcher.commit(row(1)) }
            try await session.query("SELECT 1", fate: .own)
            let cancelled = Task(executorPreference: loop) { try await batcher.commit(row(2)) }
            let error = await #expect(throws: PostgresError.self) {
                try await batcher.commit(row(3), within: .milliseconds(5))
            }
            #expect(error?.kind == .overdue)
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            try await session.query("COMMIT", fate: .own)
            try await first.value
            try await batcher.commit(row(4))
            let senders = try await session.query("SELECT sender FROM event ORDER BY sender")
            #expect(try senders.map { try $0[0, as: String.self] } == ["sender 0", "sender 1", "sender 4"])
        }
    }

    @Test("What waits is written before a batcher stops, and what comes later is refused, as is a row of other types")
    func stopping() async throws {
        try await withBatcher { batcher, session, loop in
            let wrong = await #expect(throws: PostgresError.self) { try await batcher.commit(BatchRow(1)) }
            #expect(wrong?.explained.what == "a row does not go with its statement")
            let rows = try (100..<150).map { try self.row($0) }
            let work = Task(executorPreference: loop) { await self.commit(rows, batcher, loop) }
            while batcher.status.waiting == 0 { await Task.yield() }
            await batcher.stop(within: .seconds(60))
            #expect(await work.value.allSatisfy { $0 == nil })
            #expect(try await count(session) == 50)
            let late = await #expect(throws: PostgresError.self) { try await batcher.commit(row(1)) }
            #expect(late?.kind == .lost)
        }
    }

    @Test("Rows fail with the reason when no connection can be made for good")
    func refused() async throws {
        try await withDatabase { options, loop in
            var options = options
            options.password = Secret("wrong")
            let batcher = CommitBatcher(options, Self.statement, on: loop)
            let error = await #expect(throws: PostgresError.self) { try await batcher.commit(row(1)) }
            #expect(error?.sqlState == .invalidPassword)
            await batcher.stop(within: .zero)
        }
    }
}
