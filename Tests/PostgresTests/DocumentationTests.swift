import Basics
import Loop
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

/// The examples of docs/libraries/postgres.md, as code that is compiled and run.
@Suite struct DocumentationTests {
    @Test("The examples of the page do what it says")
    func examples() async throws {
        try await withDatabase { options, loop in
            let (nine, ten) = (Timestamp(seconds: 1_772_355_600), Timestamp(seconds: 1_772_359_200))

            let session = try await PostgresSession.connect(options, on: loop)
            try await session.execute("CREATE TABLE booking (id bigint PRIMARY KEY, name text, during tstzrange)")
            try await session.query("INSERT INTO booking VALUES ($1, $2, $3)", 7, "Ada", PostgresRange(nine..<ten))
            let row = try await session.query("SELECT name, during FROM booking WHERE id = $1", 7).only
            let (name, during) = try row.values(as: String.self, PostgresRange<Timestamp>.self)
            #expect(name == "Ada" && during == PostgresRange(nine..<ten))

            let pool = PostgresPool(options, PoolLimits(maximum: 4), on: loop)
            try await pool.withTransaction(isolation: .serializable, retrying: .repeatable(attempts: 3)) { session in
                try await session.query("UPDATE booking SET name = $1 WHERE id = $2", "Grace", 7)
            }

            try await session.execute("CREATE TABLE event (sender text, body jsonb)")
            let batcher = CommitBatcher(
                options,
                BatchStatement(
                    "INSERT INTO event SELECT * FROM unnest($1::text[], $2::jsonb[])", columns: String.self,
                    PostgresJSON.self),
                on: loop)
            try await batcher.commit(BatchRow("Ada", PostgresJSON("{\"text\": \"hello\"}")))

            let names = try await session.stream("SELECT name FROM booking") { rows in
                try await rows.reduce(into: [String]()) { $0.append(try $1["name"]) }
            }
            #expect(names == ["Grace"])
            let copied = try await session.copyRows(into: ["booking"], columns: ["id", "name"]) { rows in
                for number in 100..<200 { try await rows.write(number, "guest \(number)") }
            }
            #expect(copied == 100)

            let notifications = try await PostgresNotifications.listen(options, to: ["booking"], on: loop)
            try await session.query("SELECT pg_notify('booking', $1)", "7")
            for try await event in notifications {
                guard case .notification(let heard) = event else { continue }
                print(heard.payload)
                #expect(heard.payload == "7")
                break
            }

            notifications.close()
            await batcher.stop(within: .seconds(10))
            await pool.stop(within: .seconds(10))
            session.close()
        }
    }

    @Test("Every line of Swift on the page stands in this file")
    func lines() throws {
        let page = try DocumentedCode("libraries/postgres.md")
        #expect(page.count == 2)
        #expect(try page.linesMissing() == [])
    }
}
