import Basics
import Loop
import Postgres
import StoreTestSupport
import Testing

@testable import Store

@Suite("The maintenance keeps months and forgets what is over") struct MaintenanceTests {
    private static let salon = "00000000-0000-7000-8000-00000000000a"

    /// Runs `body` with the owner's session and a superuser's.
    private func withOwner(
        _ body:
            @escaping @Sendable (_ owner: PostgresSession, _ other: PostgresSession, SalonDatabase) async throws -> Void
    ) async throws {
        try await withSalonDatabase { database, loop in
            let owner = try await PostgresSession.connect(database.superuser, on: loop)
            let other = try await PostgresSession.connect(database.superuser, on: loop)
            defer {
                owner.close()
                other.close()
            }
            try await owner.query("SET ROLE migrator", fate: .own)
            try await other.query(
                "INSERT INTO salons (id, name, phone_number_id) VALUES ('\(Self.salon)', 'Ada', '1')")
            try await body(owner, other, database)
        }
    }

    private func patient(_ policies: [PartitionPolicy]) -> Maintenance {
        var maintenance = Maintenance()
        (maintenance.policies, maintenance.rules) = (policies, [])
        (maintenance.lockTimeout, maintenance.attempts) = (.milliseconds(20), 2)
        return maintenance
    }

    private static func arrive(_ moment: String) -> String {
        """
        INSERT INTO webhook_logs (id, created_at, salon_id, event_type, payload)
        SELECT overlay(uuidv7()::text placing left(x, 8) || '-' || right(x, 4) from 1 for 13)::uuid, m, '\(salon)', 'x',
            '{}'
        FROM (SELECT \(moment)) AS _ (m),
            LATERAL (SELECT lpad(to_hex((extract(epoch FROM m) * 1000)::bigint), 12, '0')) AS t (x)
        """
    }

    @Test("A fresh schema needs nothing; with more ahead the months are made, and a second run does nothing")
    func ahead() async throws {
        try await withOwner { owner, _, _ in
            #expect(try await Maintenance().run(on: owner).done.isEmpty)
            let further = patient([PartitionPolicy("messages", ahead: 6, kept: 3)])
            #expect(try await further.run(on: owner).done.count == 3)
            #expect(try await further.run(on: owner).done.isEmpty)
            let policies = try await owner.query(
                """
                SELECT FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'messages'::regclass AND c.relkind = 'r'
                    AND NOT (relrowsecurity AND relforcerowsecurity
                        AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))
                """)
            #expect(policies.isEmpty)
        }
    }

    @Test("What comes in while its partition is missing is kept, and moved to its month or to the archive")
    func strays() async throws {
        try await withOwner { owner, other, _ in
            for months in [5, 1] { try await other.query(Self.arrive("now() - make_interval(months => \(months))")) }
            try await other.query(Self.arrive("now() + interval '4 months'"))
            #expect(try await other.query("SELECT FROM webhook_logs_earlier").count == 2)
            #expect(try await other.query("SELECT FROM webhook_logs_later").count == 1)
            let report = try await patient([PartitionPolicy("webhook_logs", ahead: 4, kept: 3, archived: 12)])
                .run(on: owner)
            #expect(report.done.count == 3, "two made, one archived")
            #expect(try await other.query("SELECT FROM webhook_logs_earlier").isEmpty)
            #expect(try await other.query("SELECT FROM webhook_logs_later").isEmpty)
            #expect(try await other.query("SELECT FROM webhook_logs").count == 2)
            let archived = try await other.query(
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'archive'::regnamespace AND relkind = 'r'")
            #expect(try await other.query("SELECT FROM archive.\(try archived.only[0, as: String.self])").count == 1)
            // What comes in of that month even now finds its way too.
            try await other.query(Self.arrive("now() - interval '5 months'"))
            #expect(try await patient([PartitionPolicy("webhook_logs", kept: 3)]).run(on: owner).done.count == 1)
            #expect(try await other.query("SELECT FROM archive.\(try archived.only[0, as: String.self])").count == 2)
            // A shorter archive lets it go.
            let shorter = try await patient([PartitionPolicy("webhook_logs", kept: 3, archived: 4)]).run(on: owner)
            #expect(shorter.done.map(\.description) == ["drop \(try archived.only[0, as: String.self])"])
        }
    }

    @Test("Over half a year each month begins ahead, ends in the archive, and no row is lost or seen twice")
    func years() async throws {
        try await withOwner { owner, other, _ in
            let count = "SELECT count(*) FROM webhook_logs"
            for months in 0...3 {
                try await other.query(Self.arrive("now() + make_interval(months => \(months))"))
            }
            for step in 1...6 {
                // As time would do it: a month more ahead, and one less kept.
                try await owner.query(
                    "SELECT add_partition('webhook_logs', (now() + make_interval(months => $1::integer + 3))::date)",
                    step)
                try await owner.query(
                    "SELECT archive_partition('webhook_logs', (now() + make_interval(months => $1::integer - 1))::date)",
                    step)
                let left = try await other.query(count).only[0, as: Int.self]
                #expect(left == max(0, 4 - step))
            }
            let (existing, _) = try await TablePartitions.read(["webhook_logs"], on: owner)
            let partitions = try #require(existing["webhook_logs"])
            #expect(partitions.attached.count == 4)
            #expect(partitions.archived.count == 6)
            #expect(partitions.strays.isEmpty)
            let refusal = await #expect(throws: PostgresError.self) {
                try await owner.query(
                    "SELECT archive_partition('webhook_logs', (now() + interval '8 months')::date)")
            }
            #expect(refusal?.sqlState == SQLState("55000"))
        }
    }

    @Test("Whoever reads a table is not waited for beyond the budget; the other tables get theirs, and later this one")
    func reader() async throws {
        try await withOwner { owner, other, _ in
            let policies = ["messages", "webhook_logs"].map { PartitionPolicy($0, ahead: 4, kept: 0) }
            try await other.transaction {
                try await other.query("SELECT FROM messages")
                let report = try await patient(policies).run(on: owner)
                #expect(report.postponed.map(\.action.description.count) == ["add messages_2026_11".count])
                #expect(report.postponed.map(\.reason.sqlState) == [.lockNotAvailable])
                #expect(report.done.map { $0.description.contains("webhook_logs") } == [true])
            }
            #expect(try await patient(policies).run(on: owner).done.count == 1)
        }
    }

    @Test("Of two at once one works and the other says so; killed in the middle, the next one finishes it")
    func killed() async throws {
        try await withOwner { owner, other, database in
            let maintenance = patient([
                PartitionPolicy("audit_log", ahead: 5, kept: 0), PartitionPolicy("messages", ahead: 5, kept: 0),
            ])
            var slow = maintenance
            (slow.lockTimeout, slow.attempts) = (.seconds(60), 1)
            let second = try await PostgresSession.connect(database.superuser, on: owner.loop)
            let third = try await PostgresSession.connect(database.superuser, on: owner.loop)
            defer {
                second.close()
                third.close()
            }
            try await other.transaction {
                try await other.query("SELECT FROM messages")
                let patience = slow
                @Sendable func run() async -> SQLState? {
                    do {
                        _ = try await patience.run(on: owner)
                        return nil
                    } catch { return (error as? PostgresError)?.sqlState }
                }
                async let first = run()
                let process = owner.backendProcess
                while try await second.query("SELECT cardinality(pg_blocking_pids($1))", process).only[0, as: Int.self]
                    == 0
                {}
                #expect(try await maintenance.run(on: second).isSomebodyElses)
                try await second.query("SELECT pg_terminate_backend($1)", process)
                #expect(await first == .adminShutdown)
                // It is gone when it has given back its locks, a moment after it said so.
                while try await !second.query("SELECT FROM pg_stat_activity WHERE pid = $1", process).isEmpty {}
            }
            let report = try await maintenance.run(on: third)
            #expect(report.postponed.isEmpty)
            #expect(report.done.count == 3, "one of four was made before")
            #expect(try await maintenance.run(on: third).done.isEmpty)
        }
    }

    @Test("Old keys, states, answers and sessions are forgotten in batches, as many as a run may, and young ones stay")
    func forgetting() async throws {
        try await withOwner { owner, other, _ in
            try await other.execute(
                """
                INSERT INTO message_keys SELECT '\(Self.salon)', n::text, uuidv7(),
                    now() - CASE WHEN n <= 25 THEN interval '31 days' ELSE interval '29 days' END
                FROM generate_series(1, 30) AS n;
                INSERT INTO message_statuses SELECT salon_id, whatsapp_id, 'SENT', now(), created_at FROM message_keys;
                INSERT INTO idempotency_keys (salon_id, key, request_hash, expires_at)
                SELECT '\(Self.salon)', n::text, sha256('x'), now() + (n * 2 - 5) * interval '1 hour'
                FROM generate_series(1, 5) AS n;
                """)
            var maintenance = Maintenance()
            (maintenance.policies, maintenance.batchesMax) = ([], 2)
            for index in maintenance.rules.indices { maintenance.rules[index].batch = 10 }
            let report = try await maintenance.run(on: owner)
            #expect(
                report.forgotten == [
                    "message_keys": 20, "message_statuses": 20, "idempotency_keys": 2, "sessions": 0,
                    "conversation_days": 0,
                ])
            #expect(report.unfinished == ["message_keys", "message_statuses"])
            #expect(try await maintenance.run(on: owner).forgotten["message_keys"] == 5)
            #expect(try await other.query("SELECT FROM message_keys").count == 5)
        }
    }

    @Test("A session that row-level security binds is refused, because it would find nothing to do")
    func bound() async throws {
        try await withOwner { _, other, _ in
            try await other.query("SET ROLE app_user", fate: .own)
            let refusal = await #expect(throws: ParlorError.self) { try await Maintenance().run(on: other) }
            #expect(refusal?.description.contains("row-level security") == true)
            try await other.query("RESET ROLE", fate: .own)
        }
    }
}
