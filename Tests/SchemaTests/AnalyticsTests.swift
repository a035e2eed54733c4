import Loop
import Postgres
import StoreTestSupport
import TestSupport
import Testing

@Suite("What people want is counted as it is said") struct AnalyticsTests {
    @Test("The figures equal a count of all messages, however many sessions wrote them, in whatever batches")
    func increments() async throws {
        var generator = SeededGenerator()
        let seeds = (0..<4).map { _ in generator.next() }
        let note = generator.note
        try await withTwoSalons { salons in
            try await salons.session.execute(
                """
                INSERT INTO conversations (salon_id, id)
                SELECT s.id, ('00000000-0000-7000-9999-' || lpad(n::text, 12, '0'))::uuid
                FROM salons AS s, generate_series(1, 8) AS n WHERE s.id = '\(TwoSalons.ada)';
                INSERT INTO ai_conversations (salon_id, conversation_id)
                SELECT salon_id, id FROM conversations WHERE id::text LIKE '%-9999-%';
                """)
            let (loop, options) = (salons.loop, salons.database.superuser)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for seed in seeds {
                    group.addTask(executorPreference: loop) {
                        let session = try await PostgresSession.connect(options, on: loop)
                        defer { session.close() }
                        var generator = SeededGenerator(seed: seed)
                        for _ in 0..<25 {
                            let count = Int.random(in: 0...40, using: &generator)
                            try await session.sayAnything(count, seed: Double.random(in: 0..<1, using: &generator))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await salons.session.texts(Self.differingIntents) == [], note)
            #expect(try await salons.session.texts(Self.differingDays) == [], note)
            #expect(
                try await salons.session.number("SELECT sum(inbound_count)::bigint FROM conversation_analytics") > 100)
        }
    }

    @Test("Strays that the maintenance moves to their partition are not counted again, and COPY counts as INSERT does")
    func moved() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.query(
                """
                INSERT INTO ai_messages (salon_id, id, created_at, conversation_id, direction, content, intent)
                SELECT salon_id, overlay(uuidv7()::text placing left(x, 8) || '-' || right(x, 4) from 1 for 13)::uuid, m,
                    conversation_id, direction, content, intent
                FROM ai_messages, (SELECT now() + interval '6 months') AS _ (m),
                    LATERAL (SELECT lpad(to_hex((extract(epoch FROM m) * 1000)::bigint), 12, '0')) AS t (x)
                """)
            try await session.copyIn(
                "COPY ai_messages (salon_id, conversation_id, direction, content, intent) FROM STDIN"
            ) {
                let conversation = TwoSalons.key(TwoSalons.ada, TwoSalons.conversation)
                try await $0.write(Array("\(TwoSalons.ada)\t\(conversation)\tINBOUND\tx\tcopied\n".utf8))
            }
            let copied = "SELECT message_count FROM intent_analytics WHERE intent = 'copied'"
            #expect(try await session.number(copied) == 1)
            let before = try await session.texts("SELECT a::text FROM intent_analytics AS a ORDER BY 1")
            #expect(try await session.number("SELECT count(*) FROM ai_messages_later") == 2)
            try await session.query(
                "SELECT add_partition('ai_messages', ((now() + interval '6 months') AT TIME ZONE 'UTC')::date)")
            #expect(try await session.number("SELECT count(*) FROM ai_messages_later") == 0)
            #expect(try await session.texts("SELECT a::text FROM intent_analytics AS a ORDER BY 1") == before)
        }
    }

    @Test("Reading a year touches the same number of pages with ten times the history")
    func cost() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.remember(days: 365)
            try await session.say(100)
            let once = try await salons.buffersOfReading()
            try await session.remember(days: 3_650)
            try await session.say(900)
            let tenTimes = try await salons.buffersOfReading()
            #expect(once.allSatisfy { $0 > 0 })
            for (once, tenTimes) in zip(once, tenTimes) {
                #expect(Double(tenTimes) <= 1.3 * Double(once), "\(once) pages became \(tenTimes)")
            }
        }
    }

    private static let differingIntents = """
        SELECT coalesce(kept.k, counted.k) FROM (
            SELECT concat_ws('|', salon_id, day, intent, message_count, confident_count,
                round(confidence_sum::numeric, 3)) AS k
            FROM intent_analytics
        ) AS kept FULL JOIN (
            SELECT concat_ws('|', salon_id, (created_at AT TIME ZONE 'UTC')::date, intent, count(*), count(confidence),
                round(coalesce(sum(confidence::double precision), 0)::numeric, 3)) AS k
            FROM ai_messages WHERE intent IS NOT NULL AND direction = 'INBOUND'
            GROUP BY salon_id, (created_at AT TIME ZONE 'UTC')::date, intent
        ) AS counted USING (k) WHERE kept.k IS NULL OR counted.k IS NULL
        """

    private static let differingDays = """
        SELECT coalesce(kept.k, counted.k) FROM (
            SELECT concat_ws('|', salon_id, day, conversation_count, inbound_count, outbound_count, unresolved_count,
                confident_count, round(confidence_sum::numeric, 3), tokens, cost, timed_count, response_time_ms) AS k
            FROM conversation_analytics
        ) AS kept FULL JOIN (
            SELECT concat_ws('|', salon_id, (created_at AT TIME ZONE 'UTC')::date, count(DISTINCT conversation_id),
                count(*) FILTER (WHERE direction = 'INBOUND'), count(*) FILTER (WHERE direction = 'OUTBOUND'),
                count(*) FILTER (WHERE direction = 'INBOUND' AND intent IS NULL), count(confidence),
                round(coalesce(sum(confidence::double precision), 0)::numeric, 3), sum(tokens_used), sum(cost),
                count(response_time_ms), coalesce(sum(response_time_ms), 0)) AS k
            FROM ai_messages GROUP BY salon_id, (created_at AT TIME ZONE 'UTC')::date
        ) AS counted USING (k) WHERE kept.k IS NULL OR counted.k IS NULL
        """
}

extension PostgresSession {
    /// Writes so many messages of both salons in one statement, with everything in them random.
    fileprivate func sayAnything(_ count: Int, seed: Double) async throws {
        try await transaction {
            try await query("SELECT setseed($1)", seed)
            try await query(
                """
                INSERT INTO ai_messages (
                    salon_id, id, created_at, conversation_id, direction, content, intent, confidence, tokens_used,
                    cost, response_time_ms)
                SELECT c.salon_id, uuidv7(), now() - random() * interval '23 hours', c.conversation_id,
                    (ARRAY['INBOUND', 'OUTBOUND'])[1 + n % 2]::"MessageDirection", 'x',
                    (ARRAY['book', 'cancel', 'price', NULL])[1 + floor(random() * 4)::integer],
                    CASE WHEN random() < 0.5 THEN random() END, floor(random() * 100)::integer,
                    round(random()::numeric, 4),
                    CASE WHEN random() < 0.5 THEN floor(random() * 1000)::integer END
                FROM generate_series(1, $1) AS n
                JOIN LATERAL (
                    SELECT * FROM ai_conversations WHERE n > 0 ORDER BY random() LIMIT 1
                ) AS c ON true ORDER BY random()
                """, count)
        }
    }

    /// Writes messages of the first salon in so many transactions, each for three of the last thirty days.
    fileprivate func say(_ transactions: Int) async throws {
        try await execute(
            """
            DO $$
            BEGIN
                FOR turn IN 1..\(transactions) LOOP
                    INSERT INTO ai_messages (
                        salon_id, id, created_at, conversation_id, direction, content, intent, confidence)
                    SELECT '\(TwoSalons.ada)',
                        overlay(uuidv7()::text placing left(x, 8) || '-' || right(x, 4) from 1 for 13)::uuid, moment,
                        '\(TwoSalons.key(TwoSalons.ada, TwoSalons.conversation))', 'INBOUND', 'x',
                        'intent ' || turn / 10 % 10, 0.5
                    FROM generate_series(0, 29) AS n, LATERAL (SELECT now() - n * interval '1 day') AS m (moment),
                        LATERAL (SELECT lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0')) AS t (x)
                    WHERE (n + turn) % 10 = 0;
                    COMMIT;
                END LOOP;
            END
            $$
            """)
    }

    /// Gives both salons the figures of so many days before that.
    fileprivate func remember(days: Int) async throws {
        try await query(
            """
            INSERT INTO intent_analytics
            SELECT s.id, current_date - 30 - n, 'intent ' || i, 1, 0, 0
            FROM salons AS s, generate_series(1, $1::integer) AS n, generate_series(1, 20) AS i ON CONFLICT DO NOTHING
            """, days)
        try await query(
            """
            INSERT INTO conversation_analytics
            SELECT s.id, current_date - 30 - n, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
            FROM salons AS s, generate_series(1, $1::integer) AS n ON CONFLICT DO NOTHING
            """, days)
    }
}

extension TwoSalons {
    /// The pages that the two reports of the last year touch.
    fileprivate func buffersOfReading() async throws -> [Int64] {
        let reports = [
            """
            SELECT intent, sum(message_count) FROM intent_analytics
            WHERE salon_id = current_salon() AND day > current_date - 390 GROUP BY intent ORDER BY 2 DESC LIMIT 10
            """,
            """
            SELECT sum(inbound_count + outbound_count)::double precision / nullif(sum(conversation_count), 0),
                sum(tokens), sum(cost), sum(confidence_sum) / nullif(sum(confident_count), 0),
                sum(unresolved_count)::double precision / nullif(sum(inbound_count), 0)
            FROM conversation_analytics WHERE salon_id = current_salon() AND day > current_date - 390
            """,
        ]
        for table in ["intent_analytics", "conversation_analytics"] {
            try await session.execute("VACUUM ANALYZE \(table)")
        }
        var buffers: [Int64] = []
        for report in reports {
            let pages = try await session.acting(for: Self.ada) {
                try await session.query("SET LOCAL enable_seqscan = off")
                return try await session.pages(of: report)
            }
            buffers.append(pages)
        }
        return buffers
    }
}
