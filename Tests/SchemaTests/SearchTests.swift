import Postgres
import StoreTestSupport
import Testing

@Suite("Messages are found by their words") struct SearchTests {
    @Test(
        "A word is found in any of its forms in the language of the message, and as it stands in any other",
        arguments: [
            ("en", "Can I reschedule my appointments?", "appointment"), ("es", "Quiero cambiar mis citas", "cita"),
            ("pt", "Quero marcar dois cortes", "corte"), ("ru", "Хочу записаться на стрижку", "стрижка"),
            ("de", "Ich brauche neue Termine", "termin"), ("fr", "Je voudrais des rendez-vous", "rendez-vous"),
            ("it", "Vorrei due appuntamenti", "appuntamento"), ("xx", "zwarte pieten", "zwarte"),
        ])
    func languages(language: String, content: String, query: String) async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.query("UPDATE salons SET language = $1", language)
            for salon in [TwoSalons.ada, TwoSalons.bea] {
                try await session.query(
                    """
                    INSERT INTO messages (salon_id, direction, message_type, content, language, status)
                    VALUES ($1::text::uuid, 'INBOUND', 'TEXT', $2, $3, 'RECEIVED')
                    """, salon, content, language)
            }
            try await session.acting(for: TwoSalons.ada) {
                let found = try await session.query(
                    "SELECT content, salon_id::text FROM search_messages($1, now() + interval '1 s', 10)", query
                ).map { try $0.values(as: String.self, String.self) }
                #expect(found.map(\.0) == [content])
                #expect(found.map(\.1) == [TwoSalons.ada])
            }
        }
    }

    @Test("Odd searches and odd texts find nothing and fail nothing")
    func odd() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            for query in ["", "   ", "'", "\"", "a & | !", "-", "%", "\\", "or or", "(((", "\u{1F488}", "<->"] {
                try await session.acting(for: TwoSalons.ada) {
                    let found = try await session.query("SELECT FROM search_messages($1, now(), 10)", query)
                    #expect(found.isEmpty, "\(query)")
                }
            }
            let nobodys = try await session.acting {
                try await session.query("SELECT FROM search_messages('hello', 'infinity', 10)").count
            }
            #expect(nobodys == 0)
            for content in [
                "repeat('x', 100000) || ' ' || repeat('ä', 1000), 'en'", "NULL, NULL", "'', ''",
                "'\u{1F488}\u{202E}', 'ru'",
            ] {
                let refusal = try await salons.refusal(
                    of: """
                        INSERT INTO messages (salon_id, direction, message_type, status, content, language)
                        VALUES (current_salon(), 'INBOUND', 'TEXT', 'RECEIVED', \(content))
                        """)
                #expect(refusal == nil, "\(content)")
            }
            let nul = try await session.refusal {
                try await session.query(#"INSERT INTO webhook_logs (event_type, payload) VALUES ('x', '"\u0000"')"#)
            }
            #expect(nul == SQLState("22P05"))
            try await session.query(
                #"INSERT INTO webhook_logs (event_type, payload_bytes) VALUES ('x', decode('2200ff22', 'hex'))"#)
        }
    }

    @Test("The search inside of its function is answered by the index, in each partition")
    func index() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.query(
                """
                INSERT INTO messages (salon_id, direction, message_type, content, language, status)
                SELECT s.id, 'INBOUND', 'TEXT', 'number ' || n, 'en', 'RECEIVED'
                FROM salons AS s, generate_series(1, 5000) AS n
                """)
            try await session.execute("VACUUM ANALYZE messages")
            let body = try await session.texts(
                #"""
                SELECT regexp_replace(regexp_replace(regexp_replace(
                    prosrc, '\mquery\M', '$1', 'g'), '\mbefore\M', '$2', 'g'), '\mmost\M', '$3', 'g')
                FROM pg_proc WHERE proname = 'search_messages'
                """#)[0]
            try await session.transaction {
                try await session.query("SET LOCAL SESSION AUTHORIZATION migrator")
                try await session.query("SELECT set_config('app.salon_id', $1, true)", TwoSalons.ada)
                try await session.query("SET LOCAL plan_cache_mode = force_generic_plan")
                try await session.query("PREPARE search (text, timestamptz, integer) AS \(body)")
                let plan = try await session.texts(
                    "EXPLAIN (ANALYZE, BUFFERS) EXECUTE search ('4711', now() + interval '1 s', 10)")
                #expect(
                    plan.contains { $0.contains("Bitmap Index Scan on messages_") && $0.contains("search") }, "\(plan)")
                let full = try await session.texts(
                    "SELECT 'Seq Scan on messages_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')")
                #expect(!plan.contains { $0.contains(full[0]) })
            }
        }
    }
}
