import Postgres
import StoreTestSupport
import Testing

@Suite("What the assistant knows is found by its meaning") struct VectorTests {
    /// A meaning: random, the same for the same number.
    private static func meaning(_ number: Int) -> String {
        """
        (SELECT array_agg(sin(n * \(number + 1) * 1.7) + cos(n * \(number) * 0.3) ORDER BY n)
        FROM generate_series(1, 1024) AS n)::real[]::vectors.halfvec
        """
    }

    /// Gives each of two salons so many pieces.
    private func learn(_ session: PostgresSession, pieces: Int) async throws {
        for (letter, salon) in [("a", TwoSalons.ada), ("b", TwoSalons.bea)] {
            try await session.query(
                "INSERT INTO salons (id, name, phone_number_id) VALUES ('\(salon)', '\(letter)', '\(letter)')")
            try await session.query(
                """
                INSERT INTO vectors.knowledge (salon_id, source, content, model, embedding)
                SELECT '\(salon)', 'page', '\(letter)' || p, 'm', (
                    SELECT array_agg(sin(n * p * 1.7) + cos(n * (p - 1) * 0.3) ORDER BY n)
                    FROM generate_series(1, 1024) AS n)::real[]::vectors.halfvec
                FROM generate_series(1, $1::integer) AS p
                """, pieces)
            try await session.query(
                """
                INSERT INTO vectors.message_embeddings (salon_id, message_id, model, embedding)
                SELECT salon_id, id, model, embedding FROM vectors.knowledge WHERE salon_id = '\(salon)'
                """)
        }
        try await session.execute("ANALYZE vectors.knowledge")
    }

    @Test("The nearest pieces of one's own salon come in order, the same by the index as by comparing all")
    func nearest() async throws {
        try await withVectors { session in
            try await learn(session, pieces: 200)
            let ask = "SELECT content FROM vectors.nearest_knowledge(\(Self.meaning(41)), 'm', 10)"
            var answers: [[String]] = []
            for way in ["enable_sort", "enable_indexscan"] {
                try await session.acting(for: TwoSalons.bea) {
                    try await session.query("SET LOCAL \(way) = off")
                    try await session.query("SET LOCAL hnsw.ef_search = 200")
                    answers.append(try await session.texts(ask))
                }
            }
            #expect(answers[0].count == 10 && answers[0] == answers[1])
            #expect(answers[0].first == "b42", "the piece with that very meaning")
            #expect(answers[0].allSatisfy { $0.hasPrefix("b") })
        }
    }

    @Test("The index answers for a salon with much, and goes on until it has found enough of that salon")
    func index() async throws {
        try await withVectors { session in
            try await learn(session, pieces: 200)
            try await session.acting(for: TwoSalons.ada) {
                try await session.query("SET LOCAL enable_sort = off")
                try await session.query("SET LOCAL hnsw.iterative_scan = strict_order")
                try await session.query("SET LOCAL search_path = vectors, public")
                let plan = try await session.texts(
                    """
                    EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT content FROM knowledge WHERE model = 'm'
                    ORDER BY embedding <=> \(Self.meaning(7)) LIMIT 100
                    """)
                #expect(plan.contains { $0.contains("Index Scan using idx_knowledge_embedding") }, "\(plan)")
                #expect(plan[0].contains("rows=100"), "more than the index looks at in one go")
            }
        }
    }

    @Test("Vectors are isolated, owned, versioned, audited and deleted like everything else")
    func alike() async throws {
        try await withVectors { session in
            try await learn(session, pieces: 3)
            let bare = try await session.texts(
                """
                SELECT c.relname::text FROM pg_class AS c WHERE relkind = 'r' AND relnamespace = 'vectors'::regnamespace
                    AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (
                        SELECT FROM pg_policy WHERE polrelid = c.oid AND polwithcheck IS NOT NULL))
                """)
            #expect(bare.isEmpty)
            for table in ["knowledge", "message_embeddings"] {
                let seen = try await session.acting(for: TwoSalons.ada) {
                    try await session.texts("SELECT DISTINCT salon_id::text FROM vectors.\(table)")
                }
                #expect(seen == [TwoSalons.ada])
                let nobodys = try await session.acting { try await session.texts("SELECT model FROM vectors.\(table)") }
                #expect(nobodys.isEmpty)
                let moved = try await session.refusal {
                    try await session.acting(for: TwoSalons.ada) {
                        try await session.query("UPDATE vectors.\(table) SET salon_id = '\(TwoSalons.bea)'")
                    }
                }
                #expect(moved == .insufficientPrivilege)
                let written = try await session.refusal {
                    try await session.acting(as: "readonly_user", for: TwoSalons.ada) {
                        try await session.query("DELETE FROM vectors.\(table)")
                    }
                }
                #expect(written == .insufficientPrivilege)
            }
            try await session.query("UPDATE vectors.knowledge SET embedding = \(Self.meaning(9)) WHERE content = 'a1'")
            #expect(
                try await session.texts("SELECT version::text FROM vectors.knowledge WHERE content = 'a1'") == ["2"])
            let changes = try await session.texts(
                "SELECT changes::text FROM audit_log WHERE entity_type = 'knowledge' AND operation = 'UPDATE'")
            #expect(changes == [#"{"embedding": "sealed"}"#])
            try await session.query("DELETE FROM salons WHERE id = '\(TwoSalons.ada)'")
            let left = try await session.texts(
                """
                SELECT salon_id::text FROM vectors.knowledge UNION SELECT salon_id::text FROM vectors.message_embeddings
                """)
            #expect(left == [TwoSalons.bea])
        }
    }

    @Test("Pieces of another model, deleted ones and meanings of another size are not compared")
    func different() async throws {
        try await withVectors { session in
            try await learn(session, pieces: 3)
            try await session.query("UPDATE vectors.knowledge SET model = 'other' WHERE content LIKE '_1'")
            try await session.query("UPDATE vectors.knowledge SET deleted_at = now() WHERE content LIKE '_2'")
            let found = try await session.acting(as: "readonly_user", for: TwoSalons.ada) {
                try await session.texts("SELECT content FROM vectors.nearest_knowledge(\(Self.meaning(0)), 'm', 10)")
            }
            #expect(found == ["a3"])
            let refusal = try await session.refusal {
                try await session.query("UPDATE vectors.knowledge SET embedding = '[1, 2, 3]'")
            }
            #expect(refusal == SQLState("22000"))
        }
    }
}
