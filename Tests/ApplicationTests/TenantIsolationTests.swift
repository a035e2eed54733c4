import Basics
import Digests
import Loop
import Postgres
import PostgresTestSupport
import StoreTestSupport
import Testing

@testable import Commands
@testable import Store

/// Two salons with the same rows but for a mark, and every statement of the program, driven for both by turns over one
/// server connection behind PgBouncer.
@Suite("No salon sees another's rows") struct TenantIsolationTests {
    private static let marks = ["canary-one", "canary-two"]

    /// Rows of a salon that all carry its mark, wherever a text can stand.
    private static func fill(_ mark: String, _ superuser: PostgresSession) async throws -> SalonScope {
        let id = try await superuser.query(
            "INSERT INTO salons (name, phone_number_id, timezone) VALUES ($1, $1, $1) RETURNING id", mark
        ).only[0, as: PostgresUUID.self]
        try await superuser.query(
            "SELECT set_config('test.salon', $1, false), set_config('test.mark', $2, false)", id.description, mark)
        try await superuser.execute(
            """
            DO $$
            DECLARE
                salon uuid := current_setting('test.salon');
                mark text := current_setting('test.mark');
                conversation uuid := uuidv7();
                customer uuid;
                service uuid;
                resource uuid;
                booking uuid;
            BEGIN
                UPDATE salons SET access_token = mark::bytea WHERE id = salon;
                INSERT INTO customers (salon_id, name, notes, phone_number) VALUES (salon, mark, mark::bytea, '+1')
                    RETURNING id INTO customer;
                INSERT INTO services (salon_id, name, duration_minutes) VALUES (salon, mark, 30) RETURNING id INTO service;
                INSERT INTO resources (salon_id, kind, name) VALUES (salon, 'CHAIR', mark) RETURNING id INTO resource;
                INSERT INTO service_resources VALUES (salon, service, resource);
                INSERT INTO opening_hours (salon_id, resource_id, weekday, opens, closes)
                VALUES (salon, resource, 1, '09:00', '17:00');
                INSERT INTO closures (salon_id, resource_id, starts_at, ends_at)
                VALUES (salon, resource, now(), now() + interval '1 day');
                INSERT INTO bookings (salon_id, booking_code, customer_id, customer_phone, service, service_id, start_ts, end_ts,
                    local_start, timezone, notes)
                VALUES (salon, 'CANARY', customer, '+1', mark, service, now() + interval '1 day', now() + interval '25 hours',
                    now(), mark, mark::bytea) RETURNING id INTO booking;
                INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied)
                SELECT salon, booking, resource, tstzrange(start_ts, end_ts) FROM bookings WHERE id = booking;
                INSERT INTO booking_requests (salon_id, key, booking_id, request_hash)
                VALUES (salon, 'canary', booking, sha256(mark::bytea));
                INSERT INTO waiting_list (salon_id, customer_id, service_id, first_day, last_day)
                VALUES (salon, customer, service, current_date, current_date + 7);
                INSERT INTO templates (salon_id, name, language, category) VALUES (salon, mark, 'en', 'UTILITY');
                INSERT INTO users (id, email, name) VALUES (conversation, mark || '@example.com', mark);
                INSERT INTO memberships (salon_id, user_id, role) VALUES (salon, conversation, 'OWNER');
                INSERT INTO sessions (user_id, token_hash, expires_at)
                VALUES (conversation, sha256(mark::bytea), now() + interval '1 day');
                INSERT INTO api_keys (salon_id, name, prefix, key_hash) VALUES (salon, mark, mark, sha256(mark::bytea));
                INSERT INTO conversations (salon_id, id, phone_number) VALUES (salon, conversation, mark);
                INSERT INTO messages (salon_id, conversation_id, phone_number, direction, message_type, content, status)
                VALUES (salon, conversation, '+1', 'INBOUND', 'TEXT', mark, 'RECEIVED');
                INSERT INTO ai_conversations (salon_id, conversation_id, phone_number) VALUES (salon, conversation, mark);
                INSERT INTO ai_messages (salon_id, conversation_id, direction, content) VALUES (salon, conversation, 'INBOUND', mark);
                INSERT INTO webhook_logs (salon_id, event_type, payload) VALUES (salon, mark, '{}');
                INSERT INTO outbox (salon_id, topic, payload) VALUES (salon, mark, '{}');
            END
            $$
            """)
        return SalonScope(SalonIdentifier(id), by: .service("test"))
    }

    /// Every value that a parameter of a type may have so that rows are found: those of both salons.
    private static func values(_ type: PostgresType, _ superuser: PostgresSession) async throws -> [String] {
        switch type {
        case .uuid:
            let ids = try await superuser.query(
                """
                SELECT id FROM salons UNION SELECT id FROM conversations UNION SELECT id FROM messages
                UNION SELECT id FROM closures UNION SELECT id FROM templates UNION SELECT id FROM memberships
                """)
            return try await ids.map { try $0[0, as: PostgresUUID.self].description } + keys(superuser).map(\.key)
        // Lists of texts, moments and numbers.
        case PostgresType(oid: 1009): return ["{canary}"]
        case PostgresType(oid: 3807): return [#"{"{}"}"#]
        case PostgresType(oid: 1185): return ["{2000-01-01}"]
        case PostgresType(oid: 1007), PostgresType(oid: 1231): return ["{100}"]
        case PostgresType(oid: 2951): return try await values(.uuid, superuser).map { "{\($0)}" }
        case .timestamptz: return ["2000-01-01", "2100-01-01"]
        case .int4, .int8: return ["100"]
        case .bool: return ["true"]
        case .date: return ["2000-01-01"]
        case .interval: return ["1 day"]
        case .bytea: return marks.map { "\\x\(hexadecimal(Digest(.sha256, of: $0.utf8).bytes))" }
        case .float8: return ["0"]
        case .jsonb: return ["{}"]
        case .text: return marks + ["+1", "CANARY", "canary", "WAITING"]
        default: return ["ACTIVE", "CONFIRMED", "RECEIVED", "WAITING"]
        }
    }

    /// The keys of what a booking is made of, with whose they are.
    private static func keys(_ superuser: PostgresSession) async throws -> [(key: String, salon: PostgresUUID)] {
        try await superuser.query(
            """
            SELECT id::text, salon_id FROM bookings UNION ALL SELECT id::text, salon_id FROM customers
            UNION ALL SELECT id::text, salon_id FROM services UNION ALL SELECT id::text, salon_id FROM resources
            UNION ALL SELECT id::text, salon_id FROM waiting_list
            """
        ).map { try ($0[0, as: String.self], $0[1, as: PostgresUUID.self]) }
    }

    /// Every combination where they are few; where they are many, so many that each value stands beside various others.
    private static func inputs(_ choices: [[String]]) -> [[String]] {
        guard choices.reduce(1, { min($0 * $1.count, 10_000) }) > 200 else { return combinations(choices) }
        var random = SeededRandom(seed: 1)
        return (0..<150).map { _ in choices.compactMap { ($0 + [missing]).randomElement(using: &random) } }
    }

    /// Stands for NULL.
    private static let missing = "\0"

    private static func combinations(_ choices: [[String]]) -> [[String]] {
        choices.reduce([[]]) { made, choices in made.flatMap { made in choices.map { made + [$0] } } }
    }

    /// The rows of any statement as text, and nothing where the scope has no right to it.
    private static func rows(
        _ statement: any AnyStatement, _ input: [String], _ scope: some Scope, _ store: Store
    ) async throws -> [String] {
        let isWrapped = !statement.columns.isEmpty
        let sql =
            isWrapped
            ? "WITH rows AS (\(statement.sql)) SELECT to_jsonb(rows)::text AS row FROM rows" : statement.sql
        // The types of what goes in are unknown here, so the values stand in the text.
        let filled = sql.replacing(/\$(\d+)/) { match in
            let value = input[(Int(match.1) ?? 0) - 1]
            return value == missing ? "NULL" : quoteLiteral(value)
        }
        let erased = Statement("any", .writes, filled, gives: RowShape(Column("row", String.self)) { $0 })
        do {
            return try await store.write(erased, (), in: scope).value
        } catch let error as PostgresError where error.kind == .statement {
            return []
        }
    }

    @Test("Not by any statement, with any key, on a connection that the other has just used")
    func statements() async throws {
        try await withSalonDatabase { database, loop in
            let superuser = try await PostgresSession.connect(database.superuser, on: loop)
            defer { superuser.close() }
            let scopes = [try await Self.fill(Self.marks[0], superuser), try await Self.fill(Self.marks[1], superuser)]
            let bouncer = try PgBouncer(connections: 1, accounts: [database.service])
            var limits = StoreLimits()
            limits.isBehindPooler = true
            let store = Store(primary: bouncer.options(database.service), limits, on: loop)
            let keys = try await Self.keys(superuser)
            let signs = zip(Self.marks, scopes).map { mark, scope in
                [mark, scope.salon.value.description] + keys.filter { $0.salon == scope.salon.value }.map(\.key)
            }
            var (finding, foreign) = (Set<String>(), [String]())
            // What writes comes last: it would take away what others are to find.
            let (reading, writing) = (
                ProgramStatements.all.filter { $0.access == .reads },
                ProgramStatements.all.filter { $0.access != .reads }
            )
            for statement in reading + writing {
                let types = try await superuser.describe(statement.sql, types: statement.parameters.map(\.postgresType))
                    .parameters
                var choices: [[String]] = []
                for type in types { choices.append(try await Self.values(type, superuser)) }
                for input in Self.inputs(choices) {
                    for (index, scope) in scopes.enumerated() {
                        for row in try await Self.rows(statement, input, scope, store) {
                            if signs[index].contains(where: row.contains) { finding.insert(statement.name) }
                            if signs[1 - index].contains(where: row.contains) {
                                foreign.append("\(statement.name): \(row)")
                            }
                        }
                    }
                }
            }
            #expect(foreign == [])
            // What is given finds something of the salon's own by most of those that return rows of salons.
            let telling = reading.filter { !$0.columns.isEmpty }
            let blind = Set(telling.map(\.name)).subtracting(finding)
            #expect(blind.count * 3 < telling.count, "nothing is found by \(blind.sorted())")
            await store.stop(within: .seconds(60))
        }
    }

    @Test("A control that sets its salon for the session leaks, and is caught")
    func control() async throws {
        try await withSalonDatabase { database, loop in
            let superuser = try await PostgresSession.connect(database.superuser, on: loop)
            defer { superuser.close() }
            let scopes = [try await Self.fill(Self.marks[0], superuser), try await Self.fill(Self.marks[1], superuser)]
            let bouncer = try PgBouncer(connections: 1, accounts: [database.service])
            var sessions: [PostgresSession] = []
            for scope in scopes {
                let session = try await PostgresSession.connect(
                    bouncer.options(database.service), SessionOptions(preparation: .unnamed), on: loop)
                try await session.query(
                    "SELECT set_config('role', 'app_user', false), set_config('app.salon_id', $1, false)",
                    scope.salon.value.description)
                sessions.append(session)
            }
            let seen = try await sessions[0].query("SELECT content FROM messages").only[0, as: String.self]
            #expect(seen == Self.marks[1], "the first session sees the second one's rows")
            for session in sessions { session.close() }
        }
    }
}
