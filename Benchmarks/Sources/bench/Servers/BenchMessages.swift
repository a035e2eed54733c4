import Basics
import Loop
import Postgres

/// Two years of what salons and their clients write, a partition for each month: texts, JSON, numbers and times, with an
/// index by conversation. It is 2 GB.
struct BenchMessages: Sendable {
    let database: BenchDatabase

    private static let rows = 2_150_000
    /// The newest month, in which the newest hundredth of the rows is.
    private static let newest = "messages_2025_12"
    private static let limit = Duration.seconds(900)

    /// A session for the owner of the tables.
    func session() async throws -> PostgresSession {
        try await PostgresSession.connect(database.options, on: database.workshop.loop)
    }

    /// Makes them, in two sessions at a time.
    func fill() async throws {
        let session = try await session()
        defer { session.close() }
        try await session.execute(Self.tables, within: Self.limit)
        let loop = database.workshop.loop
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<2 {
                group.addTask(executorPreference: loop) {
                    let session = try await self.session()
                    defer { session.close() }
                    try await session.execute(Self.filling(part, of: 2), within: Self.limit)
                }
            }
            try await group.waitForAll()
        }
        // Rows that are seen for the first time are marked, which would write every page once more.
        try await session.query("VACUUM (FREEZE, ANALYZE) messages", fate: .own, within: Self.limit)
    }

    /// Changes a hundredth of the rows, of the newest ones: half of them are new, and half have got another status.
    func changeNewest() async throws {
        try await execute(
            """
            INSERT INTO \(Self.newest)
            SELECT gen_random_uuid(), salon_id, conversation_id, body, payload, price, status, created_at
            FROM \(Self.newest) WHERE created_at >= '2025-12-25 00:00Z' LIMIT \(Self.rows / 200);
            UPDATE \(Self.newest) SET status = 'read' WHERE ctid IN (
                SELECT ctid FROM \(Self.newest) WHERE created_at >= '2025-12-25 00:00Z' LIMIT \(Self.rows / 200))
            """)
    }

    /// Changes a hundredth of the rows, wherever they are.
    func changeAnywhere() async throws {
        try await execute("UPDATE messages SET status = 'read' WHERE random() < 0.01")
    }

    private func execute(_ script: String) async throws {
        let session = try await session()
        defer { session.close() }
        try await session.execute(script, within: Self.limit)
    }

    // MARK: - What they look like

    private static let tables = """
        CREATE TABLE phrases AS
        SELECT number, (
            SELECT string_agg((string_to_array(
                'booking appointment tomorrow hello thanks please can I move my haircut to Friday at three colour the '
                'stylist is available cancel see you soon price for women men manicure confirm salon address', ' '
            ))[1 + (hashint8(number * 64 + place) & 31)], ' ') FROM generate_series(1, 12) AS place) AS words
        FROM generate_series(0, 4095) AS number;
        ALTER TABLE phrases ADD PRIMARY KEY (number);
        CREATE TABLE messages (
            id uuid NOT NULL, salon_id uuid NOT NULL, conversation_id uuid NOT NULL, body text NOT NULL,
            payload jsonb NOT NULL, price numeric(8, 2) NOT NULL, status text NOT NULL,
            created_at timestamptz NOT NULL, PRIMARY KEY (id, created_at)
        ) PARTITION BY RANGE (created_at);
        CREATE INDEX ON messages (conversation_id, created_at);
        DO $$
        BEGIN
            FOR number IN 0..23 LOOP
                EXECUTE format(
                    'CREATE TABLE messages_%s PARTITION OF messages FOR VALUES FROM (%L) TO (%L)',
                    to_char(date '2024-01-01' + number * interval '1 month', 'YYYY_MM'),
                    (timestamp '2024-01-01' + number * interval '1 month') AT TIME ZONE 'UTC',
                    (timestamp '2024-01-01' + (number + 1) * interval '1 month') AT TIME ZONE 'UTC');
            END LOOP;
        END $$;
        CREATE TABLE journal (moment timestamptz NOT NULL, position pg_lsn NOT NULL, body text NOT NULL);
        CREATE INDEX ON journal (position);
        """

    private static func filling(_ part: Int, of parts: Int) -> String {
        """
        INSERT INTO messages
        SELECT gen_random_uuid(), md5((message % 200)::text)::uuid, md5((message / 20)::text)::uuid, own.words,
            jsonb_build_object('object', 'whatsapp_business_account', 'entry', jsonb_build_array(jsonb_build_object(
                'id', 'salon-' || message % 200, 'changes', jsonb_build_array(jsonb_build_object(
                    'field', 'messages', 'value', jsonb_build_object(
                        'messaging_product', 'whatsapp',
                        'metadata', jsonb_build_object('phone_number_id', 15550000000 + message % 200),
                        'messages', jsonb_build_array(jsonb_build_object(
                            'from', 15551000000 + (hashint8(message / 20) & 8388607),
                            'id', 'wamid.' || md5(message::text), 'timestamp', 1704067200 + message, 'type', 'text',
                            'text', jsonb_build_object('body', own.words || '. ' || next.words))))))))),
            (hashint8(message) & 16383) / 100.0,
            (ARRAY['sent', 'delivered', 'read', 'failed'])[1 + (hashint8(message) & 3)],
            timestamptz '2024-01-01 00:00Z' + message * interval '730.9 days' / \(rows)
        FROM generate_series(\(part), \(rows - 1), \(parts)) AS message
        JOIN phrases AS own ON own.number = hashint8(message) & 4095
        JOIN phrases AS next ON next.number = hashint8(message # 1) & 4095
        """
    }
}
