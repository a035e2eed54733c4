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
    private static let marks = ["canaryone", "canarytwo"]

    /// What holds no text tells by a time of day whose it is.
    private static let times = ["08:11:01", "08:22:02"]

    /// Rows of a salon that all carry its mark, wherever a text can stand.
    private static func fill(_ owner: Int, _ superuser: PostgresSession) async throws -> SalonScope {
        let mark = marks[owner]
        let id = try await superuser.query(
            """
            INSERT INTO salons (name, phone_number_id, timezone, handle, business_account_id, access_token)
            VALUES ($1::text, $1::text, $1::text, $1::text, $1::text, $1::text::bytea) RETURNING id
            """, mark
        ).only[0, as: PostgresUUID.self]
        try await superuser.query(
            """
            SELECT set_config('test.salon', $1, false), set_config('test.mark', $2, false),
                set_config('test.time', $3, false)
            """, id.description, mark, times[owner])
        try await superuser.execute(
            """
            DO $$
            DECLARE
                salon uuid := current_setting('test.salon');
                mark text := current_setting('test.mark');
                opens time := current_setting('test.time');
                conversation uuid := uuidv7();
                customer uuid;
                service uuid;
                resource uuid;
                booking uuid;
                cancelled uuid;
            BEGIN
                INSERT INTO customers (salon_id, name, notes, phone_number, language)
                VALUES (salon, mark, mark::bytea, '+1', mark)
                    RETURNING id INTO customer;
                INSERT INTO services (salon_id, name, duration_minutes) VALUES (salon, mark, 30) RETURNING id INTO service;
                INSERT INTO resources (salon_id, kind, name) VALUES (salon, 'CHAIR', mark) RETURNING id INTO resource;
                INSERT INTO service_resources VALUES (salon, service, resource);
                INSERT INTO opening_hours (salon_id, resource_id, weekday, opens, closes)
                VALUES (salon, resource, 1, '09:00', '17:00');
                INSERT INTO opening_hours (salon_id, weekday, opens, closes) VALUES (salon, 1, opens, '17:00');
                INSERT INTO closures (salon_id, resource_id, starts_at, ends_at)
                VALUES (salon, resource, now(), now() + interval '1 day');
                INSERT INTO bookings (salon_id, booking_code, customer_id, customer_phone, service, service_id, start_ts, end_ts,
                    local_start, timezone, notes)
                VALUES (salon, 'CANARY', customer, '+1', mark, service, now() + interval '1 day', now() + interval '25 hours',
                    now(), mark, mark::bytea) RETURNING id INTO booking;
                INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied)
                SELECT salon, booking, resource, tstzrange(start_ts, end_ts) FROM bookings WHERE id = booking;
                INSERT INTO bookings (salon_id, booking_code, customer_id, service, start_ts, end_ts, local_start, timezone,
                    status)
                VALUES (salon, 'PARTED', customer, mark, now() + interval '2 days', now() + interval '49 hours',
                    now(), mark, 'CANCELLED') RETURNING id INTO cancelled;
                INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied, is_active)
                SELECT salon, cancelled, resource, tstzrange(start_ts, end_ts), false FROM bookings WHERE id = cancelled;
                INSERT INTO booking_requests (salon_id, key, booking_id, request_hash)
                VALUES (salon, 'canary', booking, sha256(mark::bytea));
                INSERT INTO waiting_list (salon_id, customer_id, service_id, first_day, last_day)
                VALUES (salon, customer, service, current_date, current_date + 7);
                INSERT INTO templates (salon_id, name, language, category, status)
                VALUES (salon, mark, mark, 'UTILITY', 'APPROVED');
                INSERT INTO users (id, email, name) VALUES (conversation, mark || '@example.com', mark);
                INSERT INTO memberships (salon_id, user_id, role) VALUES (salon, conversation, 'OWNER');
                INSERT INTO sessions (user_id, token_hash, expires_at)
                VALUES (conversation, sha256(mark::bytea), now() + interval '1 day');
                INSERT INTO api_keys (salon_id, name, prefix, key_hash) VALUES (salon, mark, mark, sha256(mark::bytea));
                INSERT INTO conversations (salon_id, id, customer_id, phone_number)
                VALUES (salon, conversation, customer, mark);
                INSERT INTO messages (salon_id, conversation_id, phone_number, direction, message_type, content, status)
                VALUES (salon, conversation, '+1', 'INBOUND', 'TEXT', mark, 'RECEIVED');
                INSERT INTO messages (salon_id, conversation_id, phone_number, direction, message_type, payload, status,
                    whatsapp_id, attempted_at)
                VALUES (salon, conversation, mark, 'OUTBOUND', 'TEMPLATE', jsonb_build_object('a', mark), 'SENT', mark, now());
                INSERT INTO ai_conversations (salon_id, conversation_id, phone_number) VALUES (salon, conversation, mark);
                INSERT INTO ai_messages (salon_id, conversation_id, direction, content, intent)
                VALUES (salon, conversation, 'INBOUND', mark, mark);
                INSERT INTO webhook_logs (salon_id, event_type, payload) VALUES (salon, mark, '{}');
                INSERT INTO outbox (salon_id, topic, payload) VALUES (salon, mark, '{}');
                INSERT INTO idempotency_keys (salon_id, key, request_hash) VALUES (salon, mark, sha256(mark::bytea));
            END
            $$
            """)
        return SalonScope(SalonIdentifier(id), by: .service("test"))
    }

    /// What a parameter may be, and whose it is when it belongs to one of the salons.
    private struct Value {
        let text: String
        var owner: Int?

        /// NULL.
        static let null = Value(text: "\0")

        /// As it stands in a statement.
        func literal(_ type: String) -> String {
            text == Self.null.text ? "NULL" : "(\(quoteLiteral(text))::\(type))"
        }
    }

    /// Every value that a parameter of a type may have so that rows are found. Their order is always the same, so that
    /// a seed draws the same ones in each run.
    private static func values(_ type: PostgresType, _ keys: [Value], _ moments: [Value]) -> [Value] {
        let markDigests = marks.enumerated().map { owner, mark in
            Value(text: "\\x\(hexadecimal(Digest(.sha256, of: mark.utf8).bytes))", owner: owner)
        }
        let free: [String]
        switch type {
        case .uuid: return keys
        case .bytea: return markDigests
        // Lists of keys, texts, moments and numbers.
        case PostgresType(oid: 2951): return keys.map { Value(text: "{\($0.text)}", owner: $0.owner) }
        case PostgresType(oid: 1185): return moments.map { Value(text: "{\"\($0.text)\"}", owner: $0.owner) }
        case PostgresType(oid: 1009): free = ["{canary}"]
        case PostgresType(oid: 3807): free = [#"{"{}"}"#]
        case PostgresType(oid: 1007), PostgresType(oid: 1231): free = ["{100}"]
        case .timestamptz: free = ["2000-01-01", "2100-01-01"]
        case .int4, .int8: free = ["100"]
        case .bool: free = ["true"]
        case .date: free = ["2000-01-01", "2100-01-01"]
        case .interval: free = ["1 day"]
        case .float8: free = ["0"]
        case .jsonb:
            return marks.enumerated().map { Value(text: "{\"phone_number_id\": \"\($1)\"}", owner: $0) } + [
                Value(text: "{}")
            ]
        case .text:
            return marks.enumerated().map { Value(text: $1, owner: $0) }
                + ["+1", "CANARY", "canary", "WAITING"].map { Value(text: $0) }
        default: free = ["ACTIVE", "CONFIRMED", "RECEIVED", "WAITING"]
        }
        return free.map { Value(text: $0) }
    }

    /// The keys of a salon's things, kind by kind.
    private static func keys(_ owner: Int, _ scope: SalonScope, _ superuser: PostgresSession) async throws -> [Value] {
        let kinds = [
            "customers", "services", "resources", "bookings", "waiting_list", "conversations", "messages", "closures",
            "opening_hours", "templates", "memberships", "webhook_logs", "outbox", "api_keys",
        ]
        var keys = [Value(text: scope.salon.value.description, owner: owner)]
        for kind in kinds {
            keys += try await superuser.query(
                """
                SELECT id::text FROM \(kind), to_jsonb(\(kind)) AS row WHERE salon_id = $1
                ORDER BY row ->> 'direction', row ->> 'booking_code', row ->> 'resource_id' IS NULL
                """,
                scope.salon.value
            ).map { Value(text: try $0[0, as: String.self], owner: owner) }
        }
        return keys
    }

    /// When a salon's messages were written.
    private static func moments(_ owner: Int, _ scope: SalonScope, _ superuser: PostgresSession) async throws -> [Value]
    {
        try await superuser.query(
            "SELECT DISTINCT created_at::text FROM messages WHERE salon_id = $1 ORDER BY 1", scope.salon.value
        ).map { Value(text: try $0[0, as: String.self], owner: owner) }
    }

    /// Every combination of what belongs to one salon where they are few; where they are many, so many that each value
    /// stands beside various others. Then some in which both salons' stand beside each other.
    private static func inputs(_ statement: any AnyStatement, _ choices: [[Value]]) -> [[Value]] {
        guard !choices.isEmpty else { return [[]] }
        let isOptional = statement.parameters.map { $0.type.hasPrefix("Optional") }
        // Who reads by two keys is to meet every pair of them; who writes has only others to leave alone.
        let few = statement.access == .reads ? 400 : 100
        var random = SeededRandom(seed: 1)
        func drawn(_ count: Int, _ choices: [[Value]]) -> [[Value]] {
            (0..<count).map { _ in
                zip(choices, isOptional).map { choices, isOptional in
                    isOptional && Bool.random(using: &random) ? .null : choices.randomElement(using: &random) ?? .null
                }
            }
        }
        return marks.indices.flatMap { owner in
            let own = choices.map { $0.filter { $0.owner == nil || $0.owner == owner } }
            let isFew = own.reduce(1, { min($0 * $1.count, 10_000) }) <= few && !isOptional.contains(true)
            return isFew ? combinations(own) : drawn(40, own)
        } + drawn(12, choices)
    }

    private static func combinations(_ choices: [[Value]]) -> [[Value]] {
        choices.reduce([[]]) { made, choices in made.flatMap { made in choices.map { made + [$0] } } }
    }

    /// The rows of any statement as text; nil where the scope has no right to it. What it changed is taken back, so that
    /// every statement meets the same rows.
    private static func rows(
        _ statement: any AnyStatement, _ input: [Value], _ types: [String], _ scope: some Scope, _ store: Store
    ) async throws -> [String]? {
        let isWrapped = !statement.columns.isEmpty
        let sql =
            isWrapped
            ? "WITH rows AS (\(statement.sql)) SELECT to_jsonb(rows)::text AS row FROM rows" : statement.sql
        let filled = sql.replacing(/\$(\d+)/) { match in
            let place = (Int(match.1) ?? 0) - 1
            return input[place].literal(types[place])
        }
        let erased = Statement("any", .writes, filled, gives: RowShape(Column("row", String.self)) { $0 })
        do {
            guard statement.access != .reads else { return try await store.write(erased, (), in: scope).value }
            var rows: [String] = []
            do {
                try await store.transaction(in: scope) { transaction in
                    rows = try await transaction.run(erased, ())
                    throw Undone()
                }
            } catch is Undone {}
            return rows
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            return nil
        } catch let error as PostgresError where error.kind == .statement {
            return []
        }
    }

    /// What reads and yet shows nothing by which to tell whose it is: numbers, answers of yes and no.
    private static let untelling: Set = ["insight_bookings", "insight_conversations", "resource_is_member"]

    /// Thrown to take back what went well.
    private struct Undone: Error {}

    /// What came of statements that were driven for both salons by turns.
    private struct Outcome {
        /// Those that found something of the salon's own.
        var finding: Set<String> = []
        /// Those that a salon has no right to.
        var refused: Set<String> = []
        /// Rows that show something of the other salon.
        var foreign: [String] = []
    }

    /// Drives statements for two new salons, over one server connection.
    private static func outcome(
        of statements: [any AnyStatement], in database: SalonDatabase, on loop: EventLoop,
        after preparation: String? = nil
    ) async throws -> Outcome {
        let superuser = try await PostgresSession.connect(database.superuser, on: loop)
        defer { superuser.close() }
        let scopes = [try await fill(0, superuser), try await fill(1, superuser)]
        if let preparation { try await superuser.execute(preparation) }
        let bouncer = try PgBouncer(connections: 1, accounts: [database.service])
        var limits = StoreLimits()
        limits.isBehindPooler = true
        let store = Store(primary: bouncer.options(database.service), limits, on: loop)
        var (keys, moments, signs) = ([Value](), [Value](), [[String]]())
        for (owner, scope) in scopes.enumerated() {
            let own = try await self.keys(owner, scope, superuser)
            keys += own
            moments += try await self.moments(owner, scope, superuser)
            let mark = marks[owner].utf8
            let hidden = [hexadecimal(Array(mark)), hexadecimal(Digest(.sha256, of: mark).bytes)]
            signs.append([marks[owner], times[owner]] + hidden + own.map(\.text))
        }
        var outcome = Outcome()
        for statement in statements {
            let types = try await superuser.describe(statement.sql, types: statement.parameters.map(\.postgresType))
                .parameters
            let names = try await superuser.query(
                "SELECT format_type(oid::oid, NULL) FROM unnest($1::int8[]) WITH ORDINALITY AS p (oid, place) ORDER BY place",
                types.map { Int64($0.oid) }
            ).map { try $0[0, as: String.self] }
            for input in inputs(statement, types.map({ values($0, keys, moments) })) {
                for (index, scope) in scopes.enumerated() {
                    guard let rows = try await rows(statement, input, names, scope, store) else {
                        outcome.refused.insert(statement.name)
                        continue
                    }
                    // What a statement was given it may give back.
                    let foreign = signs[1 - index].filter { sign in !input.contains { $0.text.contains(sign) } }
                    for row in rows {
                        if signs[index].contains(where: row.contains) { outcome.finding.insert(statement.name) }
                        if foreign.contains(where: row.contains) { outcome.foreign.append("\(statement.name): \(row)") }
                    }
                }
            }
        }
        await store.stop(within: .seconds(60))
        return outcome
    }

    @Test("Not by any statement, with any key, on a connection that the other has just used")
    func statements() async throws {
        try await withSalonDatabase { database, loop in
            let outcome = try await Self.outcome(of: ProgramStatements.all, in: database, on: loop)
            #expect(outcome.foreign == [])
            // A test that finds nothing would find nothing of others either.
            let reading = ProgramStatements.all.filter { $0.access == .reads && !$0.columns.isEmpty }.map(\.name)
            #expect(Set(reading).subtracting(outcome.finding).subtracting(outcome.refused) == Self.untelling)
        }
    }

    @Test("A control without the policies of one table leaks, and is caught")
    func controlOfPolicies() async throws {
        try await withSalonDatabase { database, loop in
            let outcome = try await Self.outcome(
                of: ProgramStatements.all.filter { $0.name.hasPrefix("customer_") }, in: database, on: loop,
                after: "ALTER TABLE customers DISABLE ROW LEVEL SECURITY")
            #expect(!outcome.foreign.isEmpty)
        }
    }

    @Test("A control that sets its salon for the session leaks, and is caught")
    func control() async throws {
        try await withSalonDatabase { database, loop in
            let superuser = try await PostgresSession.connect(database.superuser, on: loop)
            defer { superuser.close() }
            let scopes = [try await Self.fill(0, superuser), try await Self.fill(1, superuser)]
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
            let seen = try await sessions[0].query(
                "SELECT content FROM messages WHERE direction = 'INBOUND'"
            ).only[0, as: String.self]
            #expect(seen == Self.marks[1], "the first session sees the second one's rows")
            for session in sessions { session.close() }
        }
    }
}
