import Loop
import Postgres
import StoreTestSupport

/// Two salons with at least one row in every table of theirs, and a superuser's session to look at them with.
struct TwoSalons: Sendable {
    let database: SalonDatabase
    let session: PostgresSession
    let loop: EventLoop

    static let ada = "00000000-0000-7000-8000-00000000000a"
    static let bea = "00000000-0000-7000-8000-00000000000b"

    /// The key of something of a salon: the number says what kind of thing, so tests can name it.
    static func key(_ salon: String, _ kind: Int) -> String {
        "00000000-0000-7000-90\(kind)-0000000000\(salon.suffix(2))"
    }

    static let customer = 10
    static let service = 11
    static let chair = 12
    static let room = 13
    static let booking = 14
    static let template = 15
    static let conversation = 16
    static let user = 17
    static let file = 18

    /// The statements that furnish a salon.
    static func furniture(_ salon: String) -> String {
        let letter = salon.suffix(1)
        func key(_ kind: Int) -> String { "'\(self.key(salon, kind))'" }
        return """
            INSERT INTO salons (id, name, handle, phone_number_id, access_token)
                VALUES ('\(salon)', 'Salon \(letter)', 'salon-\(letter)', 'phone-\(letter)', 'sealed');
            INSERT INTO users (id, email, name, password_hash)
                VALUES (\(key(user)), '\(letter)@example.org', 'U', 'hash');
            INSERT INTO memberships (salon_id, user_id, role) VALUES ('\(salon)', \(key(user)), 'OWNER');
            INSERT INTO sessions (user_id, salon_id, token_hash, expires_at)
                VALUES (\(key(user)), '\(salon)', sha256('\(letter)'), now() + interval '1 hour');
            INSERT INTO api_keys (salon_id, name, prefix, key_hash)
                VALUES ('\(salon)', 'till', 'pk', sha256('\(letter)'));
            INSERT INTO customers (salon_id, id, name, phone_number, notes)
                VALUES ('\(salon)', \(key(customer)), 'Carla', '+1555', 'sealed');
            INSERT INTO services (salon_id, id, name, duration_minutes) VALUES ('\(salon)', \(key(service)), 'Cut', 30);
            INSERT INTO resources (salon_id, id, kind, name)
                VALUES ('\(salon)', \(key(chair)), 'CHAIR', 'One'), ('\(salon)', \(key(room)), 'ROOM', 'Two');
            INSERT INTO service_resources VALUES ('\(salon)', \(key(service)), \(key(chair)));
            INSERT INTO opening_hours (salon_id, weekday, opens, closes) VALUES ('\(salon)', 1, '09:00', '17:00');
            INSERT INTO closures (salon_id, starts_at, ends_at) VALUES ('\(salon)', now(), now() + interval '1 day');
            INSERT INTO bookings (
                salon_id, id, booking_code, customer_id, service_id, service, start_ts, end_ts, local_start, timezone)
                VALUES ('\(salon)', \(key(booking)), 'ABC123', \(key(customer)), \(key(service)), 'Cut',
                    '2030-01-01 10:00Z', '2030-01-01 10:30Z', '2030-01-01 10:00', 'UTC');
            INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied)
                VALUES ('\(salon)', \(key(booking)), \(key(chair)), '[2030-01-01 10:00Z, 2030-01-01 10:30Z)');
            INSERT INTO booking_requests (salon_id, key, booking_id, request_hash)
                VALUES ('\(salon)', 'order', \(key(booking)), sha256('r'));
            INSERT INTO waiting_list (salon_id, customer_id, service_id, first_day, last_day)
                VALUES ('\(salon)', \(key(customer)), \(key(service)), '2030-01-01', '2030-01-31');
            INSERT INTO templates (salon_id, id, name, language, category)
                VALUES ('\(salon)', \(key(template)), 'hello', 'en', 'UTILITY');
            INSERT INTO conversations (salon_id, id, customer_id, phone_number)
                VALUES ('\(salon)', \(key(conversation)), \(key(customer)), '+1555');
            INSERT INTO messages (salon_id, conversation_id, customer_id, direction, message_type, content, status)
                VALUES ('\(salon)', \(key(conversation)), \(key(customer)), 'INBOUND', 'TEXT', 'hello', 'RECEIVED');
            INSERT INTO message_keys (salon_id, whatsapp_id, message_id) VALUES ('\(salon)', 'wamid', uuidv7());
            INSERT INTO message_statuses (salon_id, whatsapp_id, status, happened_at)
                VALUES ('\(salon)', 'wamid', 'SENT', now());
            INSERT INTO ai_conversations (salon_id, conversation_id) VALUES ('\(salon)', \(key(conversation)));
            INSERT INTO ai_messages (salon_id, conversation_id, direction, content, intent)
                VALUES ('\(salon)', \(key(conversation)), 'INBOUND', 'a cut, please', 'book');
            INSERT INTO webhook_logs (salon_id, event_type, payload) VALUES ('\(salon)', 'messages', '{}');
            INSERT INTO outbox (salon_id, topic, payload) VALUES ('\(salon)', 'cache', '{}');
            INSERT INTO jobs (salon_id, queue, key, payload) VALUES ('\(salon)', 'message.send', '\(letter)', '{}');
            INSERT INTO idempotency_keys (salon_id, key, request_hash) VALUES ('\(salon)', 'k', sha256('r'));
            INSERT INTO files (salon_id, id, storage_key, content_type, size_bytes, sha256)
                VALUES ('\(salon)', \(key(file)), 'f-\(letter)', 'image/png', 1, sha256('f'));
            """
    }
}

/// Thrown to roll back what went well.
struct Undone: Error {}

/// Runs `body` with two salons in a database of the test's own.
func withTwoSalons<Result: Sendable>(
    _ body: @escaping @Sendable (TwoSalons) async throws -> Result
) async throws -> Result {
    try await withSalonDatabase { database, loop in
        let session = try await PostgresSession.connect(database.superuser, on: loop)
        defer { session.close() }
        try await session.execute(TwoSalons.furniture(TwoSalons.ada))
        try await session.execute(TwoSalons.furniture(TwoSalons.bea))
        return try await body(TwoSalons(database: database, session: session, loop: loop))
    }
}

extension PostgresSession {
    /// Runs `body` in a transaction as the service would: in a role, for a salon, in somebody's name.
    @discardableResult
    func acting<Result>(
        as role: String = "app_user", for salon: String? = nil, actor: String = "user:ada", request: String = "",
        isolation: TransactionIsolation = .readCommitted, _ body: () async throws -> Result
    ) async throws -> Result {
        try await transaction(isolation: isolation) {
            try await query("SET LOCAL SESSION AUTHORIZATION \(role)")
            try await query(
                """
                SELECT set_config('app.salon_id', $1, true), set_config('app.actor', $2, true),
                    set_config('app.request_id', $3, true)
                """, salon ?? "", actor, request)
            return try await body()
        }
    }

    /// The first column of all rows.
    func texts(_ sql: String) async throws -> [String] {
        try await query(sql).map { row in try row[0, as: String.self] }
    }

    /// The one number that a statement answers with.
    func number(_ sql: String) async throws -> Int64 { try await query(sql).only[0] }

    /// The code that the server refuses something with, nil when it does not.
    func refusal<Ignored>(_ body: () async throws -> Ignored) async throws -> SQLState? {
        do {
            _ = try await body()
            return nil
        } catch let error as PostgresError {
            return error.sqlState
        } catch is Undone {
            return nil
        }
    }
}
