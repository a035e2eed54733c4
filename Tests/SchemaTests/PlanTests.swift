import Postgres
import StoreTestSupport
import Testing

@Suite("Row-level security leaves the indexes their work") struct PlanTests {
    @Test("What an index is asked for by equality or by time cannot tell about foreign rows, so that it may answer")
    func leakproof() async throws {
        try await withCatalog { session in
            let mute = try await session.texts(
                """
                SELECT DISTINCT c.relname || '.' || a.attname FROM pg_index AS i
                JOIN pg_class AS c ON c.oid = i.indrelid AND c.relrowsecurity AND NOT c.relispartition
                JOIN pg_class AS x ON x.oid = i.indexrelid
                JOIN pg_am ON pg_am.oid = x.relam AND amname IN ('btree', 'brin')
                CROSS JOIN generate_subscripts(i.indclass::oid[], 1) AS position
                JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[position]
                JOIN pg_opclass AS o ON o.oid = i.indclass[position]
                JOIN pg_amop AS m ON m.amopfamily = o.opcfamily AND m.amoplefttype = o.opcintype
                    AND m.amoprighttype = o.opcintype
                    AND (m.amopstrategy = 3 OR a.atttypid = 'timestamptz'::regtype)
                JOIN pg_operator AS p ON p.oid = m.amopopr
                JOIN pg_proc AS f ON f.oid = p.oprcode AND NOT f.proleakproof
                ORDER BY 1
                """)
            // Looked for by platform_user alone, whose policy is true and so no barrier.
            #expect(mute == ["salons.handle", "users.email", "users.handle"])
        }
    }

    @Test("Who signs in is found by the index, however the address is written")
    func addresses() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.query(
                "INSERT INTO users (email, name) SELECT n || '@x.org', '' FROM generate_series(1, 999) AS n")
            try await session.execute("ANALYZE users")
            try await session.acting(as: "platform_user") {
                let plan = try await session.texts("EXPLAIN SELECT id FROM users WHERE email = 'A@Example.org'")
                #expect(plan.contains { $0.contains("Index Cond: (email") }, "\(plan)")
            }
        }
    }

    @Test("The pages that reading a day's claims touches do not grow with ten times the history")
    func claims() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.remember(bookings: 300)
            let once = try await salons.pagesOfADay()
            try await session.remember(bookings: 3_000)
            let tenTimes = try await salons.pagesOfADay()
            #expect(once > 0 && Double(tenTimes) <= 1.3 * Double(once), "\(once) pages became \(tenTimes)")
        }
    }
}

extension PostgresSession {
    /// Gives the first salon's chair so many bookings of an hour in the past, one after the other.
    fileprivate func remember(bookings count: Int) async throws {
        try await query(
            """
            WITH made AS (
                INSERT INTO bookings (salon_id, booking_code, service, start_ts, end_ts, local_start, timezone)
                SELECT '\(TwoSalons.ada)', lpad(($1::integer * 10 + n)::text, 6, '0'), 'Cut', start,
                    start + interval '1 hour', start AT TIME ZONE 'UTC', 'UTC'
                FROM generate_series(1, $1::integer) AS n,
                    LATERAL (
                        SELECT timestamptz '2029-12-01 00:00Z' - ($1::integer + n) * interval '1 hour'
                    ) AS t (start)
                RETURNING salon_id, id, start_ts, end_ts
            )
            INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied)
            SELECT salon_id, id, '\(TwoSalons.key(TwoSalons.ada, TwoSalons.chair))', tstzrange(start_ts, end_ts)
            FROM made
            """, count)
    }
}

extension TwoSalons {
    /// The pages that asking for the claims of a day touches, once all has been planned.
    fileprivate func pagesOfADay() async throws -> Int64 {
        try await session.execute("VACUUM ANALYZE booking_claims")
        let chair = Self.key(Self.ada, Self.chair)
        let ask = "SELECT FROM claims_between('{\(chair)}', '2029-11-18 00:00Z', '2029-11-19 00:00Z')"
        return try await session.acting(for: Self.ada) {
            try await session.query(ask)
            return try await session.pages(of: ask)
        }
    }
}

extension PostgresSession {
    /// The pages in shared memory that a statement touches.
    func pages(of statement: String) async throws -> Int64 {
        let plan = try await query("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) \(statement)").only[
            0, as: PostgresJSON.self]
        return try await query(
            """
            SELECT (p -> 'Shared Hit Blocks')::bigint + (p -> 'Shared Read Blocks')::bigint
            FROM (SELECT $1::jsonb #> '{0,Plan}' AS p) AS _
            """, plan
        ).only[0]
    }
}
