import Basics
import Postgres
import StoreTestSupport
import Testing

@Suite("Identifiers carry their time") struct IdentifierTests {
    @Test("A thousand identifiers have version 7 and variant 2, are all different, and follow each other in time")
    func versionSeven() async throws {
        try await withCatalog { session in
            let row = try await session.query(
                """
                WITH made AS MATERIALIZED (SELECT uuidv7() AS id, n FROM generate_series(1, 1000) AS n)
                SELECT count(DISTINCT id), bool_and(substr(id::text, 15, 1) = '7'),
                    bool_and(substr(id::text, 20, 1) IN ('8', '9', 'a', 'b')),
                    bool_and(abs(extract(epoch FROM uuid_time(id) - clock_timestamp())) < 10),
                    (SELECT bool_and(later) FROM (
                        SELECT uuid_seconds(id) >= lag(uuid_seconds(id)) OVER (ORDER BY n) AS later FROM made) AS _),
                    (SELECT count(DISTINCT substr(id::text, 20)) FROM made)
                FROM made
                """
            ).only
            let (count, version, variant, near, ordered, random) = try row.values(
                as: Int64.self, Bool.self, Bool.self, Bool.self, Bool.self, Int64.self)
            #expect(count == 1000 && version && variant && near && ordered && random == 1000)
        }
    }

    @Test("The time of a known identifier is that of the standard's example, to the millisecond")
    func knownTime() async throws {
        try await withCatalog { session in
            // RFC 9562, appendix A.6.
            let example = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
            let times = try await session.texts(
                "SELECT to_char(uuid_time('\(example)') AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')")
            #expect(times == ["2022-02-22 19:22:22.000000"])
            #expect(
                try await session.texts("SELECT (uuid_seconds('\(example)') * 1000)::bigint::text") == ["1645557742000"]
            )
        }
    }

    @Test("An identifier whose time is not nearly the row's is refused, so that it always tells the partition")
    func nearness() async throws {
        try await withTwoSalons { salons in
            for table in ["messages", "ai_messages", "webhook_logs"] {
                for shift in ["- interval '25 hours'", "+ interval '25 hours'"] {
                    let refusal = try await salons.session.refusal {
                        try await salons.session.query("UPDATE \(table) SET created_at = created_at \(shift)")
                    }
                    #expect(refusal == .checkViolation, "\(table) \(shift)")
                }
            }
        }
    }

    @Test("A message is found by its identifier in one partition, or two at the end of a month")
    func partitions() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.query("SELECT add_partition('messages', '2027-12-01')")
            for (day, count) in [("2027-05-17 12:00Z", 1), ("2027-05-31 23:00Z", 2), ("2027-06-01 01:00Z", 2)] {
                let text = try await session.texts(
                    """
                    SELECT overlay(uuidv7()::text placing left(x, 8) || '-' || right(x, 4) from 1 for 13)
                    FROM lpad(to_hex((extract(epoch FROM timestamptz '\(day)') * 1000)::bigint), 12, '0') AS x
                    """)[0]
                let plan = try await session.acting(for: TwoSalons.ada) {
                    try await session.texts(
                        """
                        EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
                        SELECT * FROM messages WHERE salon_id = current_salon() AND id = '\(text)'
                            AND created_at > uuid_time('\(text)') - interval '24 hours'
                            AND created_at < uuid_time('\(text)') + interval '24 hours'
                        """)
                }
                let touched = plan.filter { $0.contains(" on messages_20") && !$0.contains("never executed") }
                #expect(touched.count == count, "\(plan.joined(separator: "\n"))")
                #expect(plan.allSatisfy { !$0.contains("Seq Scan on messages_20") })
            }
        }
    }
}
