import Basics
import Loop
import Postgres
import PostgresTestSupport
import StoreTestSupport
import TestSupport
import Testing

@testable import Store

@Suite struct QueryPlanTests {
    @Test(
        "Texts and numbers are taken out of an expression, names and parameters stay",
        arguments: [
            ("(name = 'Ada'::text)", "(name = ?::text)"),
            ("((a.b2 = $1) AND (c > 12.5))", "((a.b2 = $1) AND (c > ?))"),
            ("(note = 'it''s ''5'' o''clock'::text)", "(note = ?::text)"),
            ("(note = E'a\\'b\\\\'::text AND x = 1)", "(note = ?::text AND x = ?)"),
            ("(\"a 1\"\"b\" = '-1.5e-10'::double precision)", "(\"a 1\"\"b\" = ?::double precision)"),
            ("(x = 1e-10 AND y < .5 AND z <> '-3'::integer)", "(x = ? AND y < ? AND z <> ?::integer)"),
            ("(status = ANY ('{confirmed,held}'::booking_status[]))", "(status = ANY (?::booking_status[]))"),
            ("(flags = B'101'::\"bit\")", "(flags = ?::\"bit\")"), ("(a = 'never ends", "(a = ?"), ("$x", "?"),
            ("", ""),
            ("(größe = 'groß'::text)", "(größe = ?::text)"),
        ])
    func literals(expression: String, expected: String) { #expect(withoutLiterals(expression) == expected) }

    @Test("Nothing of any literal that the server prints is left, and what is stripped stays as it is")
    func anyLiteral() async throws {
        try await withSession { session, _ in
            var generator = SeededGenerator()
            for _ in 0..<200 {
                let text =
                    "7Q" + generator.text(.random(in: 0...10, using: &generator)).filter { $0 != "\u{0}" } + "'\\7Q"
                let number = Int64.random(in: 700_000...799_999, using: &generator)
                let row = try await session.query(
                    "SELECT quote_literal($1::text) AS quoted, format('%L', $1::text) AS formatted", text
                ).only
                for literal in [try row["quoted", as: String.self], try row["formatted", as: String.self]] {
                    let stripped = withoutLiterals(
                        "((a1 = \(literal)::text) OR (b = -\(number)) OR (c = \(number).25))")
                    #expect(!stripped.contains("7Q") && !stripped.contains("7"), "\(generator.note)")
                    #expect(stripped.hasPrefix("((a1 = ") && stripped.hasSuffix("::text) OR (b = -?) OR (c = ?))"))
                    #expect(withoutLiterals(stripped) == stripped, generator.note)
                }
            }
        }
    }

    @Test(
        "A plan has its nodes, tables, indexes and conditions, for every kind of statement and type, and runs nothing")
    func plans() async throws {
        try await withDatabase { options, loop in
            let session = try await PostgresSession.connect(options, on: loop)
            defer { session.close() }
            try await session.execute(
                """
                CREATE TABLE booking (id bigint PRIMARY KEY, salon uuid, name text, during tstzrange);
                INSERT INTO booking SELECT n, gen_random_uuid(), 'guest ' || n FROM generate_series(1, 5000) AS n;
                ANALYZE booking;
                """)
            let explainer = StatementExplainer(options, on: loop)
            func plan(_ sql: String, _ types: [PostgresType] = []) async throws -> String {
                try await explainer.plan(of: MeasuredStatement("tested", sql, parameterTypes: types)).description
            }
            let byKey = try await plan("SELECT name FROM booking WHERE id = $1", [.int8])
            #expect(byKey == "Index Scan using booking_pkey on booking (rows 1, cost 8): (id = $1)")
            let sorted = try await plan(
                "SELECT name FROM booking WHERE name <> 'Ada' AND salon = $1 ORDER BY name LIMIT $2",
                [.uuid, .unspecified])
            #expect(
                sorted.hasPrefix("Limit (rows ") && sorted.contains("[Sort (rows ")
                    && sorted.contains(": name [Seq Scan"))
            #expect(sorted.contains("((name <> ?::text) AND (salon = $1))"))
            let changed = try await plan(
                "UPDATE booking SET name = $1 WHERE id = ANY($2)", [.unspecified, .int8.array ?? .int8])
            #expect(changed.hasPrefix("ModifyTable on booking") && changed.contains("Index Scan using booking_pkey"))
            let joined = try await plan(
                "SELECT FROM booking a LEFT JOIN booking b ON a.id = b.id + 1 WHERE b.during @> now()")
            #expect(joined.contains("Join") || joined.contains("Nested Loop"))
            #expect(try await plan("DELETE FROM booking").contains("Seq Scan on booking"))
            let left = try await session.query("SELECT count(*) FROM booking WHERE name LIKE 'guest %'").only
            #expect(try left[0, as: Int.self] == 5000)
            for sql in ["BEGIN", "SELECT 1; DROP TABLE booking", "SELEC", "SELECT * FROM nowhere"] {
                await #expect(throws: (any Error).self) { try await plan(sql) }
            }
            #expect(try await plan("SELECT FROM booking WHERE id = 1").contains("booking_pkey"))
        }
    }

    @Test("A statement on tenants' tables is explained in the role that runs it, with the policies that hold there")
    func policies() async throws {
        try await withSalonDatabase { database, loop in
            let statement = MeasuredStatement("bookings_of", "SELECT id FROM bookings WHERE customer_id = $1")
            let bare = StatementExplainer(database.service, on: loop)
            await #expect(throws: PostgresError.self) { try await bare.plan(of: statement) }
            let nobody = SalonScope(SalonIdentifier(PostgresUUID(high: 0, low: 0)), by: .service("explain"))
            let explainer = StatementExplainer(database.service, context: try nobody.context, on: loop)
            let plan = try await explainer.plan(of: statement).description
            #expect(plan.contains("bookings") && plan.contains("current_setting(?::text, true)"), "\(plan)")
        }
    }
}
