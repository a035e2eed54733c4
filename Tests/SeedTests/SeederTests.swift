import Basics
import Loop
import Postgres
import StoreTestSupport
import Synchronization
import Testing

@testable import Seed

@Suite("A seed in a database")
struct SeederTests {
    private static let until = Timestamp(seconds: 1_772_323_200)
    private let small = SeedRequest(number: 7, size: .workload(scale: 0.00004), until: until)
    private let demo = SeedRequest(number: 3, size: .demo, until: until)

    private func count(_ sql: String, _ session: PostgresSession) async throws -> Int {
        try await session.query(sql).only.values(as: Int.self)
    }

    @Test("It is made once, stands beside another one, and goes without a trace")
    func wholeLife() async throws {
        try await withSalonDatabase { database, loop in
            let seeder = Seeder(database.superuser, on: loop)
            let copied = Mutex(0)
            let first = Seeder(database.superuser, on: loop) { event in
                if case .copied(let rows) = event { copied.withLock { $0 += rows } }
            }
            let result = try #require(try await first.seed(small))
            #expect(result.areTriggersLeftOut)
            #expect(copied.withLock(\.self) == result.plan.rows)
            #expect(try await seeder.plan(small) == result.plan)
            #expect(try await seeder.seed(small) == nil)
            let session = try await PostgresSession.connect(database.superuser, on: loop)
            defer { session.close() }
            try await checkSense(session)
            #expect(try await seeder.seed(demo) != nil)
            let removed = try await seeder.remove(7)
            #expect(removed.reduce(0) { $0 + $1.rows } == result.plan.rows)
            #expect(try await count("SELECT count(*) FROM salons", session) == 3)
            #expect(!(try await seeder.remove(3)).isEmpty)
            for table in result.plan.parts.map(\.table) {
                #expect(try await count("SELECT count(*) FROM \(table)", session) == 0, "\(table)")
            }
            #expect(try await seeder.remove(3).isEmpty)
        }
    }

    /// What the rows say fits together, asked of PostgreSQL itself.
    private func checkSense(_ session: PostgresSession) async throws {
        for (fault, sql) in Self.faults { #expect(try await count(sql, session) == 0, "\(fault)") }
        let languages = try await count("SELECT count(DISTINCT language) FROM messages", session)
        #expect(languages >= 2)
        // In whatever language the two salons write.
        let found = try await count(
            """
            SELECT count(*) FROM messages
            WHERE search @@ (websearch_to_tsquery('simple', 'gracias') || websearch_to_tsquery('simple', 'thanks')
                || websearch_to_tsquery('simple', 'obrigada') || websearch_to_tsquery('simple', 'спасибо'))
            """, session)
        #expect(found > 0)
    }

    private static let faults = [
        (
            "a conversation's counter is not that of its messages",
            """
            SELECT count(*) FROM conversations AS c WHERE message_count <> (
                SELECT count(*) FROM messages AS m WHERE m.salon_id = c.salon_id AND m.conversation_id = c.id)
            """
        ),
        (
            "what the assistant used is not the sum of its messages",
            """
            SELECT count(*) FROM ai_conversations AS c WHERE (total_tokens, total_cost) <> (
                SELECT sum(tokens_used), sum(cost) FROM ai_messages AS m
                WHERE m.salon_id = c.salon_id AND m.conversation_id = c.conversation_id)
            """
        ),
        (
            "a promised wall time is not that of its zone",
            "SELECT count(*) FROM bookings WHERE start_ts AT TIME ZONE timezone <> local_start"
        ),
        (
            "an appointment lies outside of the opening hours",
            """
            SELECT count(*) FROM bookings AS b WHERE NOT EXISTS (
                SELECT FROM opening_hours AS o WHERE o.salon_id = b.salon_id
                    AND o.weekday = extract(isodow FROM b.local_start)
                    AND b.local_start::time BETWEEN o.opens AND o.closes)
            """
        ),
        (
            "a row lies in the partition for what has no other",
            "SELECT (SELECT count(*) FROM messages_earlier) + (SELECT count(*) FROM messages_later)"
        ),
        (
            "a message is not known by its name",
            """
            SELECT count(*) FROM message_keys AS k WHERE NOT EXISTS (
                SELECT FROM messages AS m WHERE m.salon_id = k.salon_id AND m.id = k.message_id
                    AND m.whatsapp_id = k.whatsapp_id)
            """
        ),
        (
            "an envelope is not like WhatsApp's",
            """
            SELECT count(*) FROM webhook_logs
            WHERE payload #>> '{entry,0,changes,0,value,metadata,phone_number_id}' IS DISTINCT FROM (
                SELECT phone_number_id FROM salons WHERE id = salon_id)
            """
        ),
        (
            "a booking has no claim, or one that is shorter than it",
            """
            SELECT count(*) FROM bookings AS b WHERE NOT EXISTS (
                SELECT FROM booking_claims AS c WHERE c.salon_id = b.salon_id AND c.booking_id = b.id
                    AND c.occupied @> tstzrange(b.start_ts, b.end_ts))
            """
        ),
        ("something was audited row by row", "SELECT count(*) FROM audit_log"),
    ]

    @Test("The rows do not depend on the connections that wrote them")
    func connections() async throws {
        var digests: [[String]] = []
        for connections in [1, 3] {
            digests.append(
                try await withSalonDatabase { database, loop in
                    _ = try await Seeder(database.superuser, connections: connections, on: loop).seed(small)
                    let session = try await PostgresSession.connect(database.superuser, on: loop)
                    defer { session.close() }
                    let tables = ["bookings", "booking_claims", "messages", "webhook_logs", "conversations"]
                    var digests: [String] = []
                    for table in tables {
                        let rows = try await session.query(
                            "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \(table) AS t")
                        digests.append(try rows.only.values(as: String.self))
                    }
                    return digests
                })
        }
        #expect(digests[0] == digests[1])
    }

    @Test("A seeding that was called off half way begins again and ends with the same rows")
    func interruption() async throws {
        try await withSalonDatabase { database, loop in
            let whole = try await Seeder(database.superuser, on: loop).plan(small)
            for rows in [1, whole.rows / 3, whole.rows - 1] {
                try await cut(after: rows, database, loop)
            }
            let session = try await PostgresSession.connect(database.superuser, on: loop)
            defer { session.close() }
            #expect(try await count("SELECT count(*) FROM seeds WHERE NOT is_complete", session) == 1)
            let result = try #require(try await Seeder(database.superuser, on: loop).seed(small))
            for part in result.plan.parts {
                #expect(try await count("SELECT count(*) FROM \(part.table)", session) == part.rows, "\(part.table)")
            }
        }
    }

    /// Calls a seeding off when so many rows were sent.
    private func cut(after rows: Int, _ database: SalonDatabase, _ loop: EventLoop) async throws {
        let (sent, reached) = AsyncStream.makeStream(of: Int.self)
        let task = Task(executorPreference: loop) {
            try await Seeder(database.superuser, on: loop) { event in
                if case .copied(let count) = event { reached.yield(count) }
            }.seed(small)
        }
        var sum = 0
        for await count in sent {
            sum += count
            if sum >= rows { break }
        }
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
    }

    @Test("Salons that no seed has made are not joined without a yes, nor removed whatever their people write")
    func foreign() async throws {
        try await withSalonDatabase { database, loop in
            let session = try await PostgresSession.connect(database.superuser, on: loop)
            defer { session.close() }
            try await session.execute(
                """
                INSERT INTO salons (name, phone_number_id, settings)
                VALUES ('Real', '1', '{"seed": "3", "seed_size": "demo", "seed_complete": true}')
                """)
            let seeder = Seeder(database.superuser, on: loop)
            await #expect(throws: ParlorError.self) { try await seeder.seed(demo) }
            #expect(try await seeder.seed(demo, allowsForeign: true) != nil)
            _ = try await seeder.remove(3)
            #expect(try await count("SELECT count(*) FROM salons WHERE name = 'Real'", session) == 1)
        }
    }

    @Test("What an earlier version had written into settings of salons is known, unless their people had written it")
    func earlierMarks() async throws {
        try await withSalonDatabase { database, loop in
            let session = try await PostgresSession.connect(database.superuser, on: loop)
            defer { session.close() }
            let seeder = Seeder(database.superuser, on: loop)
            _ = try await seeder.seed(demo)
            let mark = #"{"seed": "3", "seed_size": "demo", "seed_until": "2026-03-01", "seed_complete": true}"#
            try await session.execute(
                """
                DELETE FROM seeds;
                UPDATE salons SET settings = '\(mark)';
                INSERT INTO salons (name, phone_number_id, settings) VALUES ('Real', '1', '\(mark)');
                """)
            let migration = try Files.readText("\(SalonDatabase.migrations)/20261122080500_seeds/migration.sql")
            let move = try #require(migration.firstRange(of: "WITH marked AS"))
            try await session.execute(String(migration[move.lowerBound...]))
            #expect(try await seeder.seed(demo) == nil)
            #expect(try await count("SELECT count(*) FROM salons WHERE settings = '{}'", session) == 3)
            #expect(try await count("SELECT count(*) FROM seeds WHERE is_complete", session) == 1)
            _ = try await seeder.remove(3)
            #expect(try await count("SELECT count(*) FROM salons WHERE name = 'Real'", session) == 1)
            #expect(try await count("SELECT count(*) FROM salons", session) == 1)
        }
    }

    @Test("A member of the owner's role seeds with every trigger and foreign key")
    func triggers() async throws {
        try await withSalonDatabase { database, loop in
            let administrator = try await PostgresSession.connect(database.superuser, on: loop)
            defer { administrator.close() }
            let role = "seeder_\(database.superuser.database)"
            try await administrator.execute("CREATE ROLE \(role) LOGIN PASSWORD 'x' IN ROLE migrator")
            var options = database.superuser
            (options.user, options.password) = (role, Secret("x"))
            let result = try await Seeder(options, on: loop).seed(demo)
            #expect(result?.areTriggersLeftOut == false)
            #expect(try await count("SELECT count(*) FROM audit_log WHERE actor = 'seed:3'", administrator) > 100)
            #expect(try await !Seeder(options, on: loop).remove(3).isEmpty)
            await #expect(throws: ParlorError.self) { try await Seeder(database.service, on: loop).seed(demo) }
            try await administrator.execute("DROP ROLE \(role)")
        }
    }
}
