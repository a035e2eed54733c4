import Basics
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct TypedValueTests {
    private enum Mood: String, PostgresEnumeration { case calm, busy }

    /// Sends a value, and reads it back as it came and as the server's own text.
    private func expectReturn<Value: PostgresCodable & Equatable>(
        _ session: PostgresSession, _ value: Value, _ type: String, _ text: String?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let row = try await session.query("SELECT $1::\(type) AS value, $1::\(type)::text AS text", value).only
        #expect(try row["value", as: Value.self] == value, sourceLocation: sourceLocation)
        #expect(try row["text", as: String?.self] == text, sourceLocation: sourceLocation)
    }

    @Test("Numbers, texts and bytes mean the same to the server and come back")
    func plain() async throws {
        try await withSession { session, _ in
            try await expectReturn(session, Int.min, "int8", "\(Int.min)")
            try await expectReturn(session, Int32.max, "int4", "\(Int32.max)")
            try await expectReturn(session, Int16(-3), "int2", "-3")
            try await expectReturn(session, UInt32.max, "oid", "\(UInt32.max)")
            try await expectReturn(session, 0.1 + 0.2, "float8", "0.30000000000000004")
            try await expectReturn(session, Float(0.5), "float4", "0.5")
            try await expectReturn(session, -Double.infinity, "float8", "-Infinity")
            try await expectReturn(session, true, "bool", "true")
            try await expectReturn(session, "Zoë 💇🏽‍♀️", "text", "Zoë 💇🏽‍♀️")
            try await expectReturn(session, "", "varchar", "")
            try await expectReturn(session, nil as Int?, "int8", nil)
            try await expectReturn(session, nil as String?, "text", nil)
            try await expectReturn(session, [0, 255, 10] as [UInt8], "bytea", "\\x00ff0a")
            try await expectReturn(session, PostgresJSON("{\"a\": [1, null]}"), "jsonb", "{\"a\": [1, null]}")
            let uuid = try #require(PostgresUUID("00010203-0405-0607-0809-0a0b0c0d0eff"))
            try await expectReturn(session, uuid, "uuid", "00010203-0405-0607-0809-0a0b0c0d0eff")
        }
    }

    @Test(
        "A numeric means the same to the server and comes back",
        arguments: [
            "0", "0.00", "-12.50", "10000.0001", "0.00001", "99999999999999999999.5", "NaN", "-Infinity", "1000",
        ])
    func numerics(text: String) async throws {
        try await withSession { session, _ in
            let numeric = try #require(PostgresNumeric(text))
            try await expectReturn(session, numeric, "numeric", text)
            let row = try await session.query("SELECT $1::text::numeric", text).only
            #expect(try row[0, as: PostgresNumeric.self].description == text)
        }
    }

    @Test("Moments, days, times and intervals mean the same to the server and come back")
    func times() async throws {
        try await withSession { session, _ in
            try await session.query("SET timezone = 'UTC'")
            let moment = try #require(Timestamp(rfc3339: "2026-03-01T09:30:00.250001Z"))
            try await expectReturn(session, moment, "timestamptz", "2026-03-01 09:30:00.250001+00")
            try await expectReturn(session, Timestamp(microseconds: .max), "timestamptz", "infinity")
            try await expectReturn(session, Timestamp(seconds: -1), "timestamptz", "1969-12-31 23:59:59+00")
            let reading = try #require(WallTime("2026-03-29T02:30:00.25"))
            try await expectReturn(session, reading, "timestamp", "2026-03-29 02:30:00.25")
            try await expectReturn(session, WallTime(microseconds: .min), "timestamp", "-infinity")
            for (year, month, day) in [(2026, 3, 1), (2024, 2, 29), (1999, 12, 31), (1, 1, 1), (1600, 2, 29)] {
                let date = try #require(PostgresDate(year: year, month: month, day: day))
                try await expectReturn(session, date, "date", date.description)
            }
            #expect(PostgresDate(year: 2023, month: 2, day: 29) == nil)
            try await expectReturn(session, PostgresDate.infinity, "date", "infinity")
            let time = try #require(PostgresTime(microseconds: 34_200_000_250))
            try await expectReturn(session, time, "time", "09:30:00.00025")
            #expect(time.description == "09:30:00.000250")
            let interval = PostgresInterval(months: 14, days: -3, microseconds: 3_600_000_000)
            try await expectReturn(session, interval, "interval", "1 year 2 mons -3 days +01:00:00")
        }
    }

    @Test("Ranges and arrays mean the same to the server and come back")
    func manifold() async throws {
        try await withSession { session, _ in
            try await expectReturn(session, PostgresRange(3..<7), "int8range", "[3,7)")
            try await expectReturn(session, PostgresRange<Int32>.empty, "int4range", "empty")
            let prices = PostgresRange<PostgresNumeric>.between(.excluding(1), .including(2))
            try await expectReturn(session, prices, "numrange", "(1,2]")
            let open = PostgresRange<Timestamp>.between(.including(Timestamp(seconds: 0)), .unbounded)
            try await expectReturn(session, open, "tstzrange", "[\"1970-01-01 00:00:00+00\",)")
            try await expectReturn(session, [1, nil, -3] as [Int?], "int8[]", "{1,NULL,-3}")
            try await expectReturn(session, [] as [Int], "int8[]", "{}")
            try await expectReturn(session, ["a,b", "", "\"q\""], "text[]", "{\"a,b\",\"\",\"\\\"q\\\"\"}")
            try await expectReturn(session, [[1], []] as [[UInt8]], "bytea[]", "{\"\\\\x01\",\"\\\\x\"}")
            try await expectReturn(session, [PostgresJSON("1"), PostgresJSON("{}")], "jsonb[]", "{1,\"{}\"}")
            let grid = PostgresArray([1, 2, 3, 4], dimensions: [.init(count: 2), .init(count: 2, first: 0)])
            try await expectReturn(session, try #require(grid), "int8[]", "[1:2][0:1]={{1,2},{3,4}}")
            let many = PostgresMultirange([PostgresRange(1..<3), .between(.including(7), .unbounded)])
            try await expectReturn(session, many, "int8multirange", "{[1,3),[7,)}")
            try await expectReturn(session, PostgresMultirange<PostgresDate>([]), "datemultirange", "{}")
            try await expectReturn(
                session, [many, PostgresMultirange([])], "int8multirange[]", "{\"{[1,3),[7,)}\",\"{}\"}")
            let flat = await #expect(throws: PostgresError.self) {
                try await session.query("SELECT '{{1},{2}}'::int8[] AS grid").only["grid", as: [Int].self]
            }
            #expect(flat?.explained.what == "column \"grid\" cannot be read")
        }
    }

    @Test("Types of extensions and users travel as text, in arrays with a cast, and composite types by field")
    func madeTypes() async throws {
        try await withSession { session, _ in
            for statement in [
                "CREATE EXTENSION citext", "CREATE TYPE mood AS ENUM ('calm', 'busy', 'closed')",
                "CREATE TYPE place AS (street text, number bigint, since date, state mood)",
            ] { try await session.query(statement) }
            try await expectReturn(session, "Ada", "citext", "Ada")
            try await expectReturn(session, Mood.busy, "mood", "busy")
            try await expectReturn(session, [Mood.busy, nil], "text[]::mood[]", "{busy,NULL}")
            #expect(try await session.query("SELECT 'ADA'::citext = $1", "ada").only[0, as: Bool.self])
            let unknown = await #expect(throws: PostgresError.self) {
                try await session.query("SELECT 'closed'::mood AS mood").only["mood", as: Mood.self]
            }
            #expect(unknown?.description.contains("closed") == false)
            let mood = try await session.query("SELECT 'mood'::regtype::oid").only[0, as: UInt32.self]
            var place = PostgresRecord()
            try place.append("Main")
            try place.append(7)
            try place.append(nil as PostgresDate?)
            try place.append(Mood.calm, type: PostgresType(oid: mood))
            try await expectReturn(session, place, "place", "(Main,7,,calm)")
            let row = try await session.query("SELECT ROW(1::int8, NULL::text, 'x'::text) AS row").only
            let record = try row["row", as: PostgresRecord.self]
            #expect(try record.value(0, as: Int.self) == 1)
            #expect(try record.value(1, as: String?.self) == nil)
            let wrong = #expect(throws: PostgresError.self) { try record.value(2, as: Int.self) }
            #expect(
                wrong?.explained.summary
                    == "field 2 of a row cannot be read: Int was asked for and the server sent text")
        }
    }

    @Test("A domain is what it is made of, in arrays and rows with a cast")
    func domains() async throws {
        try await withSession { session, _ in
            try await session.execute(
                """
                CREATE DOMAIN price AS int8 CHECK (VALUE >= 0); CREATE DOMAIN name AS text;
                CREATE TABLE service (name name, price price, old price[]);
                """)
            try await session.query("INSERT INTO service VALUES ($1, $2, $3)", "Cut", 2500, [2000, 2200])
            let row = try await session.query("SELECT name, price, old::int8[] FROM service").only
            #expect(try row.values(as: String.self, Int.self, [Int].self) == ("Cut", 2500, [2000, 2200]))
            let refused = await #expect(throws: PostgresError.self) {
                try await session.query("INSERT INTO service VALUES ($1, $2)", "Gift", -1)
            }
            #expect(refused?.sqlState == .checkViolation)
        }
    }

    @Test("A wrong type, a NULL and a number that does not fit name the column and the types, and no value")
    func faults() async throws {
        try await withSession { session, _ in
            let row = try await session.query("SELECT 'Ada'::text AS name, NULL::int8 AS age, 70000 AS visits").only
            let wrong = #expect(throws: PostgresError.self) { try row["name", as: Int.self] }
            #expect(
                wrong?.description == """
                    column "name" cannot be read: Int was asked for and the server sent text
                    HINT: Ask for another type, or cast the column in the statement.
                    """)
            #expect(wrong?.debugDescription.contains("Ada") == false)
            let null = #expect(throws: PostgresError.self) { try row["age", as: Int.self] }
            #expect(
                null?.description == """
                    column "age" is NULL: Int was asked for and the server sent int8
                    HINT: Ask for Int?.self where NULL may come.
                    """)
            let large = #expect(throws: PostgresError.self) { try row["visits", as: Int16.self] }
            #expect(large?.explained.why == "Int16 was asked for and the server sent int4: the number does not fit")
            let missing = #expect(throws: PostgresError.self) { try row["nmae", as: String.self] }
            #expect(missing?.explained.why == "did you mean \"name\"?")
            let (name, age, visits) = try row.values(as: String.self, Int?.self, Int.self)
            #expect(name == "Ada" && age == nil && visits == 70_000)
            let zero = await #expect(throws: PostgresError.self) { try await session.query("SELECT $1", "a\0b") }
            #expect(zero?.explained.what == "parameter $1 cannot be sent")
        }
    }

    @Test("The numbers of the types known here are those of the server")
    func catalogue() async throws {
        try await withSession { session, _ in
            let rows = try await session.query("SELECT oid, typname::text, typarray FROM pg_type WHERE oid < 16384")
            var known: [PostgresType: (name: String, array: UInt32)] = [:]
            for row in rows {
                let (oid, name, array) = try row.values(as: UInt32.self, String.self, UInt32.self)
                known[PostgresType(oid: oid)] = (name, array)
            }
            for type in Self.types {
                #expect(known[type]?.name == type.description)
                #expect(known[type]?.array == type.array?.oid ?? 0)
            }
        }
    }

    private static let types: [PostgresType] = [
        .bool, .bytea, .name, .int8, .int2, .int4, .text, .oid, .json, .xml, .float4, .float8, .unknown, .bpchar,
        .varchar, .date, .time, .timestamp, .timestamptz, .interval, .numeric, .record, .uuid, .jsonb, .int4range,
        .numrange, .tstzrange, .daterange, .int8range, .int4multirange, .nummultirange, .tstzmultirange,
        .datemultirange, .int8multirange,
    ]
}
