import Basics
import Loop
import Postgres
import PostgresTestSupport
import Synchronization
import Testing

@Suite struct StatementTests {
    @Test("Parameters arrive as they were given, and come back as they were stored")
    func parameters() async throws {
        try await withConnection { connection, _ in
            try await connection.execute(
                "CREATE TABLE salon (id bigint, name text, open bool, rating float8, logo bytea, closed text)")
            let name = "Zoë's \"Salon\"; DROP TABLE salon -- \\ 💇🏽‍♀️ 美容院"
            let logo = [UInt8](0...255)
            let inserted = try await connection.query(
                "INSERT INTO salon VALUES ($1, $2, $3, $4, $5, $6)", Int.min, name, true, 0.1 + 0.2, logo, nil)
            #expect(inserted.affected == 1)
            #expect(inserted.command == "INSERT 0 1")
            #expect(inserted.isEmpty)
            let row = try await connection.query("SELECT * FROM salon WHERE name = $1", name).only
            #expect(try row["id", as: Int.self] == Int.min)
            #expect(try row["name"] == name)
            #expect(try row["open", as: Bool.self])
            #expect(try row["rating", as: Double.self] == 0.1 + 0.2)
            #expect(try row["logo", as: [UInt8].self] == logo)
            #expect(try row["closed"] == nil)
            #expect(try row["closed", as: String?.self] == nil)
        }
    }

    @Test(
        "A number comes back as exactly the same number",
        arguments: [0.1, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity, -.infinity, .nan])
    func doubles(number: Double) async throws {
        try await withConnection { connection, _ in
            let row = try await connection.query("SELECT $1::float8 AS number", number).only
            let returned = try row["number", as: Double.self]
            #expect(returned.bitPattern == number.bitPattern || (returned.isNaN && number.isNaN))
        }
    }

    @Test("Rows are a collection in the server's order, with their columns' names")
    func rows() async throws {
        try await withConnection { connection, _ in
            let rows = try await connection.query("SELECT n, n * 2 AS double FROM generate_series(1, 20000) AS n")
            #expect(rows.columns == ["n", "double"])
            #expect(rows.count == 20_000)
            #expect(try rows.map { try $0["n", as: Int.self] } == Array(1...20_000))
            #expect(try rows.last?["double"] == "40000")
        }
    }

    @Test("A statement of several megabytes goes out and comes back whole")
    func largeStatement() async throws {
        try await withConnection { connection, _ in
            let text = String(repeating: "salon ", count: 1_000_000)
            let row = try await connection.query("SELECT $1 AS text, length($1) AS length", text).only
            #expect(try row["length", as: Int.self] == 6_000_000)
            #expect(try row["text"] == text)
        }
    }

    @Test("A cell that is not what was asked for is an error that names the column and not the value")
    func wrongCells() async throws {
        try await withConnection { connection, _ in
            let rows = try await connection.query("SELECT 'Ada' AS name, NULL AS phone")
            let row = try rows.only
            let missing = #expect(throws: PostgresError.self) { try row["nmae"] }
            #expect(
                missing?.description == """
                    the result has no column "nmae": did you mean "name"?
                    HINT: Its columns are "name", "phone".
                    """)
            let unreadable = #expect(throws: PostgresError.self) { try row["name", as: Int.self] }
            #expect(unreadable?.description == "column \"name\" cannot be read: Int was asked for")
            #expect(unreadable?.debugDescription.contains("Ada") == true)
            let null = #expect(throws: PostgresError.self) { try row["phone", as: String.self] }
            #expect(
                null?.description == """
                    column "phone" is NULL: String was asked for
                    HINT: Ask for String?.self where NULL may come.
                    """)
            let none = await #expect(throws: PostgresError.self) {
                try await connection.query("SELECT 1 AS n WHERE false").only
            }
            #expect(none?.description == "one row was expected and 0 came")
        }
    }

    @Test("A script runs all of its statements, and one that fails undoes the others")
    func scripts() async throws {
        try await withConnection { connection, _ in
            try await connection.execute("CREATE TABLE a (n int); INSERT INTO a VALUES (1), (2); SELECT * FROM a;")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.execute("INSERT INTO a VALUES (3); SELECT 1 / 0; INSERT INTO a VALUES (4)")
            }
            #expect(error?.sqlState == .divisionByZero)
            #expect(try await connection.query("SELECT count(*) AS n FROM a").only["n"] == "2")
            try await connection.execute("")
        }
    }

    @Test("An error leaves the connection usable, and only its debug form holds values and SQL")
    func errors() async throws {
        try await withConnection { connection, _ in
            try await connection.execute("CREATE TABLE customer (phone text CONSTRAINT one_phone UNIQUE)")
            let phone = "+49 171 5550123"
            let insert = "INSERT INTO customer VALUES ($1)"
            try await connection.query(insert, phone)
            let error = await #expect(throws: PostgresError.self) { try await connection.query(insert, phone) }
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
            #expect(try await connection.query("SELECT count(*) AS n FROM customer").only["n"] == "1")
        }
    }

    @Test("A zero byte is refused rather than cut off")
    func zeroBytes() async throws {
        try await withConnection { connection, _ in
            let parameter = await #expect(throws: PostgresError.self) {
                try await connection.query("SELECT $1, $2", "fine", "a\0b")
            }
            #expect(parameter?.description == "parameter $2 holds a zero byte: PostgreSQL's text cannot hold one")
            let statement = await #expect(throws: PostgresError.self) {
                try await connection.execute("SELECT 1\0; DROP")
            }
            #expect(statement?.explained.what == "the statement holds a zero byte")
            #expect(connection.isOpen)
        }
    }

    @Test("COPY is refused, and leaves no connection between two states behind")
    func copy() async throws {
        try await withConnection { connection, _ in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("COPY (SELECT 1) TO STDOUT")
            }
            #expect(error?.explained.what == "COPY cannot be run as a statement")
            #expect(!connection.isOpen)
        }
    }

    @Test("More parameters than the protocol takes are refused, and the connection stays usable")
    func tooManyParameters() async throws {
        try await withConnection { connection, _ in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("SELECT 1", parameters: Array(repeating: 1, count: 70_000))
            }
            #expect(error?.explained.what == "the statement could not be sent")
            try await connection.query("SELECT 1")
        }
    }

    @Test("Notices go to the connection's receiver")
    func notices() async throws {
        try await withDatabase { options, loop in
            let heard = Mutex<[ServerReport]>([])
            let connection = try await PostgresConnection.connect(options, on: loop) { report in
                heard.withLock { $0.append(report) }
            }
            defer { connection.close() }
            try await connection.execute("DO $$ BEGIN RAISE WARNING 'the salon of %', 'Ada'; END $$")
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
        try await withConnection { connection, _ in
            for setting in ["on", "off"] {
                try await connection.execute("SET standard_conforming_strings = \(setting)")
                // Through bytes, because two texts with different accents may be equal as texts.
                let returned = try await connection.query("SELECT\(quoteLiteral(text)) AS text").only["text"]
                #expect(returned.map { Array($0.utf8) } == Array(text.utf8))
            }
            guard !text.isEmpty else { return }
            let rows = try await connection.query("SELECT 1 AS \(quoteIdentifier(text))")
            #expect(rows.columns.map { Array($0.utf8) } == [Array(text.utf8)])
        }
    }
}
