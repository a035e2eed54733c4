import Basics
import Loop
import Postgres
import PostgresTestSupport
import Synchronization
import Testing

@Suite struct StatementTests {
    @Test("Parameters arrive as they were given, and come back as they were stored")
    func parameters() async throws {
        try await withSession { session, _ in
            try await session.execute(
                "CREATE TABLE salon (id bigint, name text, open bool, rating float8, logo bytea, closed text)")
            let name = "Zoë's \"Salon\"; DROP TABLE salon -- \\ 💇🏽‍♀️ 美容院"
            let logo = [UInt8](0...255)
            let inserted = try await session.query(
                "INSERT INTO salon VALUES ($1, $2, $3, $4, $5, $6)", Int.min, name, true, 0.1 + 0.2, logo,
                nil as String?)
            #expect(inserted.affected == 1)
            #expect(inserted.command == "INSERT 0 1")
            #expect(inserted.isEmpty)
            let row = try await session.query("SELECT * FROM salon WHERE name = $1", name).only
            #expect(try row["id", as: Int.self] == Int.min)
            #expect(try row["name", as: String.self] == name)
            #expect(try row["open", as: Bool.self])
            #expect(try row["rating", as: Double.self] == 0.1 + 0.2)
            #expect(try row["logo", as: [UInt8].self] == logo)
            #expect(try row["closed", as: String?.self] == nil)
        }
    }

    @Test(
        "A number comes back as exactly the same number",
        arguments: [0.1, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity, -.infinity, .nan])
    func doubles(number: Double) async throws {
        try await withSession { session, _ in
            let row = try await session.query("SELECT $1::float8 AS number", number).only
            let returned = try row["number", as: Double.self]
            #expect(returned.bitPattern == number.bitPattern || (returned.isNaN && number.isNaN))
        }
    }

    @Test("Rows are a collection in the server's order, with their columns' names")
    func rows() async throws {
        try await withSession { session, _ in
            let rows = try await session.query("SELECT n, n * 2 AS double FROM generate_series(1, 20000) AS n")
            #expect(rows.columns == ["n", "double"])
            #expect(rows.count == 20_000)
            #expect(try rows.map { try $0["n", as: Int.self] } == Array(1...20_000))
            #expect(try rows.last?["double", as: Int.self] == 40_000)
        }
    }

    @Test("A script runs all of its statements, and one that fails undoes the others")
    func scripts() async throws {
        try await withSession { session, _ in
            try await session.execute("CREATE TABLE a (n int); INSERT INTO a VALUES (1), (2); SELECT * FROM a;")
            let error = await #expect(throws: PostgresError.self) {
                try await session.execute("INSERT INTO a VALUES (3); SELECT 1 / 0; INSERT INTO a VALUES (4)")
            }
            #expect(error?.sqlState == .divisionByZero)
            #expect(try await session.query("SELECT count(*) FROM a").only[0, as: Int.self] == 2)
            try await session.execute("")
        }
    }

    @Test("An error leaves the connection usable, and only its debug form holds values and SQL")
    func errors() async throws {
        try await withSession { session, _ in
            try await session.execute("CREATE TABLE customer (phone text CONSTRAINT one_phone UNIQUE)")
            let phone = "+49 171 5550123"
            let insert = "INSERT INTO customer VALUES ($1)"
            try await session.query(insert, phone)
            let error = await #expect(throws: PostgresError.self) { try await session.query(insert, phone) }
            #expect(error?.kind == .statement)
            #expect(error?.sqlState == .uniqueViolation)
            #expect(error?.report?.constraint == "one_phone")
            #expect(error?.explained.code == .database)
            #expect(
                error?.description == "PostgreSQL answered with unique_violation (23505): "
                    + "constraint \"one_phone\" of table \"public\".\"customer\"")
            #expect(error?.debugDescription.contains("Key (phone)=(\(phone)) already exists.") == true)
            #expect(error?.debugDescription.contains("SQL: \(insert)") == true)
            #expect(error?.isTransient == false)
            #expect(try await session.query("SELECT count(*) FROM customer").only[0, as: Int.self] == 1)
        }
    }

    @Test("A zero byte is refused rather than cut off")
    func zeroBytes() async throws {
        try await withSession { session, _ in
            let parameter = await #expect(throws: PostgresError.self) {
                try await session.query("SELECT $1, $2", "fine", "a\0b")
            }
            #expect(
                parameter?.description
                    == "parameter $2 cannot be sent: it holds a zero byte, which PostgreSQL's text cannot")
            let statement = await #expect(throws: PostgresError.self) {
                try await session.execute("SELECT 1\0; DROP")
            }
            #expect(statement?.explained.what == "the statement holds a zero byte")
            #expect(session.isOpen)
        }
    }

    @Test("Notices go to the connection's receiver")
    func notices() async throws {
        try await withDatabase { options, loop in
            let heard = Mutex<[ServerReport]>([])
            let session = try await PostgresSession.connect(options, on: loop) { report in
                heard.withLock { $0.append(report) }
            }
            defer { session.close() }
            try await session.execute("DO $$ BEGIN RAISE WARNING 'the salon of %', 'Ada'; END $$")
            let report = try #require(heard.withLock { $0 }.first)
            #expect(report.severity == "WARNING")
            #expect(report.message == "the salon of Ada")
            #expect(report.description == "error 01000")
            #expect(!report.endsConnection)
        }
    }

    @Test(
        "A quoted text or name comes back from the server as it was, under either setting of the backslash",
        arguments: [
            "", "plain", "it's", "a \"name\"", "back\\slash", "\\' OR 1=1 --", "'\u{301}", "\"\u{301}", "$1",
            "💇🏽‍♀️ ünï", "two\nlines\ttab",
        ])
    func quoting(text: String) async throws {
        try await withSession { session, _ in
            for setting in ["on", "off"] {
                try await session.execute("SET standard_conforming_strings = \(setting)")
                // Through bytes, because two texts with different accents may be equal as texts.
                let returned = try await session.query("SELECT\(quoteLiteral(text)) AS text").only[0, as: String.self]
                #expect(Array(returned.utf8) == Array(text.utf8))
            }
            guard !text.isEmpty else { return }
            let rows = try await session.query("SELECT 1 AS \(quoteIdentifier(text))")
            #expect(rows.columns.map { Array($0.utf8) } == [Array(text.utf8)])
        }
    }
}
