import Basics
import Loop
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

@Suite struct CopyTests {
    private struct Refusal: Error {}

    @Test("What goes in by COPY comes out the same, in every form", arguments: ["text", "csv", "binary"])
    func roundTrip(format: String) async throws {
        try await withSession { session, _ in
            try await session.execute(
                """
                CREATE TABLE one AS SELECT n::int8 AS id, repeat('Zoë, "💇" \\ ' || n, 20) AS name, NULL::text AS phone
                    FROM generate_series(1, 3000) AS n;
                CREATE TABLE two (LIKE one);
                """)
            let data = try await session.copyOut("COPY one TO STDOUT (FORMAT \(format))") { pieces in
                try await pieces.reduce(into: [[UInt8]]()) { $0.append($1) }
            }
            #expect(data.count > 1 && data.allSatisfy { !$0.isEmpty })
            let count = try await session.copyIn("COPY two FROM STDIN (FORMAT \(format))") { copy in
                // Cut anywhere, also within characters and rows.
                for piece in data.joined().cut(into: 10_007) { try await copy.write(piece) }
            }
            #expect(count == 3000)
            let different = try await session.query("SELECT count(*) FROM (TABLE one EXCEPT ALL TABLE two) AS d").only
            #expect(try different[0, as: Int.self] == 0)
        }
    }

    @Test("Rows of values are written in binary, with NULLs, ranges, arrays and JSON")
    func typed() async throws {
        try await withSession { session, _ in
            try await session.execute(
                """
                CREATE EXTENSION citext; CREATE TYPE mood AS ENUM ('calm', 'busy');
                CREATE SCHEMA "my salon";
                CREATE TABLE "my salon".booking
                    (id int8, name citext, state mood, during tstzrange, tags text[], body jsonb, price numeric)
                """)
            let columns = ["id", "name", "state", "during", "tags", "body", "price"]
            let moment = Timestamp(seconds: 1_700_000_000)
            let count = try await session.copyRows(into: ["my salon", "booking"], columns: columns) { rows in
                for number in 0..<1000 {
                    try await rows.write(
                        number, "Ada \(number)", number == 7 ? nil : "busy",
                        PostgresRange<Timestamp>.between(.including(moment), .unbounded), ["a", nil] as [String?],
                        PostgresJSON("{\"n\": \(number)}"), PostgresNumeric(unscaled: 1250, scale: 2))
                }
            }
            #expect(count == 1000)
            let row = try await session.query(
                """
                SELECT count(*), count(state), sum((body->>'n')::int8)::int8, min(tags::text), sum(price)::text
                FROM "my salon".booking WHERE name = ('ADA ' || id)::citext AND lower(during) = $1
                """, moment
            ).only
            let (all, moods, sum, tags, price) = try row.values(
                as: Int.self, Int.self, Int.self, String.self, String.self)
            #expect((all, moods, sum) == (1000, 999, 499_500))
            #expect(tags == "{a,NULL}" && price == "12500.00")
        }
    }

    @Test("A copy in that throws, is cancelled or is refused keeps nothing and leaves the session usable")
    func refused() async throws {
        try await withSession { session, loop in
            try await session.query("CREATE TABLE booking (id int8 PRIMARY KEY)")
            let copy = "COPY booking FROM STDIN"
            await #expect(throws: Refusal.self) {
                try await session.copyIn(copy) { copy in
                    try await copy.write(Array("1\n2\n".utf8))
                    throw Refusal()
                }
            }
            let duplicate = await #expect(throws: PostgresError.self) {
                try await session.copyIn(copy) { try await $0.write(Array("1\n1\n".utf8)) }
            }
            #expect(duplicate?.sqlState == .uniqueViolation)
            let wrong = await #expect(throws: PostgresError.self) {
                try await session.copyRows(into: ["booking"], columns: ["id"]) { try await $0.write(1, 2) }
            }
            #expect(wrong?.explained.what == "a row has 2 values")
            let begun = LoopWait<Void>()
            let endless = Task(executorPreference: loop) {
                try await session.copyIn(copy) { copy in
                    while true {
                        try await copy.write(Array("3\n".utf8))
                        begun.succeed()
                        await Task.yield()
                    }
                }
            }
            try await begun.value(on: loop)
            endless.cancel()
            await #expect(throws: CancellationError.self) { try await endless.value }
            for (statement, what) in [("SELECT 1", "the statement is no COPY FROM STDIN"), ("COPY", nil)] {
                let error = await #expect(throws: PostgresError.self) { try await session.copyIn(statement) { _ in } }
                if let what { #expect(error?.explained.what == what) } else { #expect(error?.sqlState == .syntaxError) }
            }
            let script = await #expect(throws: PostgresError.self) {
                try await session.execute("SELECT 1; \(copy); SELECT 2")
            }
            #expect(script?.explained.what == "COPY cannot be run in a script")
            #expect(try await session.query("SELECT count(*) FROM booking").only[0, as: Int.self] == 0)
        }
    }

    @Test("A copy stands in a transaction, and goes with it")
    func inTransaction() async throws {
        try await withSession { session, _ in
            try await session.query("CREATE TABLE booking (id int8)")
            await #expect(throws: Refusal.self) {
                try await session.transaction {
                    try await session.copyIn("COPY booking FROM STDIN") { try await $0.write(Array("1\n".utf8)) }
                    let count = try await session.query("SELECT count(*) FROM booking").only[0, as: Int.self]
                    #expect(count == 1)
                    throw Refusal()
                }
            }
            #expect(try await session.query("SELECT count(*) FROM booking").only[0, as: Int.self] == 0)
        }
    }

    @Test("A copy out that ends early leaves the session usable")
    func endsEarly() async throws {
        try await withSession { session, _ in
            let first = try await session.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") {
                for try await piece in $0 { return piece.prefix(4) }
                return []
            }
            #expect(Array(first) == Array("1\n2\n".utf8))
            #expect(try await session.query("SELECT 7").only[0, as: Int.self] == 7)
        }
    }
}

extension Sequence<UInt8> {
    /// Pieces of a size that has nothing to do with what is in them.
    fileprivate func cut(into size: Int) -> [[UInt8]] {
        let bytes = Array(self)
        return stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<Swift.min($0 + size, bytes.count)]) }
    }
}
