import Basics
import Glibc
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct SessionTests {
    /// Runs the statements at the same time and says what became of each: the first column, or the SQLSTATE.
    private func together(_ session: PostgresSession, _ loop: EventLoop, _ statements: [String]) async -> [String] {
        await withTaskGroup(of: (Int, String).self) { group in
            for (index, sql) in statements.enumerated() {
                group.addTask(executorPreference: loop) {
                    do {
                        let rows = try await session.query(sql)
                        return (index, try rows.first.map { "\(try $0[0, as: Int.self])" } ?? rows.command)
                    } catch let error as PostgresError {
                        return (index, error.sqlState?.code ?? "\(error.kind)")
                    } catch {
                        return (index, "\(error)")
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    @Test("Statements of one tick share a Sync, sixteen at most, each gets its own rows, and no thread is changed")
    func pipelined() async throws {
        try await withSession { session, loop in
            try await session.query("SELECT $1::int8 * 2", 1)
            let (before, hops) = (session.counts, loop.hops)
            let results = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for number in 0..<50 {
                    group.addTask(executorPreference: loop) {
                        (number, try await session.query("SELECT $1::int8 * 2", number).only[0, as: Int.self])
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1.0] = $1.1 }
            }
            #expect(results.count == 50 && results.allSatisfy { $0.value == $0.key * 2 })
            #expect(session.counts.statements - before.statements == 50)
            #expect(session.counts.preparations == before.preparations)
            #expect(session.counts.syncs - before.syncs == 4)
            #expect(loop.hops == hops)
        }
    }

    @Test("An error fails its own statement only: the neighbours take effect once, in order")
    func isolation() async throws {
        try await withSession { session, loop in
            try await session.query("CREATE TABLE booking (id int PRIMARY KEY)")
            let outcomes = await together(
                session, loop,
                [
                    "INSERT INTO booking VALUES (1) RETURNING id::int8", "SELECT count(*) FROM booking",
                    "INSERT INTO booking VALUES (1)", "SELECT 1 / (id - 1) FROM booking", "SELECT nonsense",
                    "INSERT INTO booking VALUES (2)", "SELECT count(*) FROM booking",
                ])
            #expect(outcomes == ["1", "1", "23505", "22012", "42703", "INSERT 0 1", "2"])
            #expect(try await session.query("SELECT count(*) FROM booking").only[0, as: Int.self] == 2)
        }
    }

    @Test("A statement of its own fate has a Sync of its own and fails alone without being repeated")
    func ownFate() async throws {
        try await withSession { session, loop in
            try await session.query("SELECT 1 / $1", 1)
            let before = session.counts
            let bad = Task(executorPreference: loop) { try await session.query("SELECT 1 / $1", 0, fate: .own) }
            let good = Task(executorPreference: loop) { try await session.query("SELECT 1 / $1", 1, fate: .own) }
            #expect(try await good.value.only[0, as: Int.self] == 1)
            let error = await #expect(throws: PostgresError.self) { try await bad.value }
            #expect(error?.sqlState == .divisionByZero)
            #expect(session.counts.statements - before.statements == 2)
            #expect(session.counts.syncs - before.syncs == 2)
        }
    }

    @Test("A constraint that is checked at the commit fails the statement, and its neighbours take effect")
    func failingCommit() async throws {
        try await withSession { session, loop in
            try await session.query("CREATE TABLE booking (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let outcomes = await together(
                session, loop,
                [
                    "INSERT INTO booking VALUES (1)", "INSERT INTO booking VALUES (2), (2)",
                    "INSERT INTO booking VALUES (3)",
                ])
            #expect(outcomes == ["INSERT 0 1", "23505", "INSERT 0 1"])
            #expect(try await session.query("SELECT count(*) FROM booking").only[0, as: Int.self] == 2)
            #expect(await together(session, loop, ["INSERT INTO booking VALUES (3)"]) == ["23505"])
        }
    }

    @Test("A statement that no transaction may hold runs, even when it first shared a Sync")
    func vacuum() async throws {
        try await withSession { session, loop in
            #expect(
                await together(session, loop, ["SELECT 1", "VACUUM pg_class", "SELECT 2"]) == ["1", "VACUUM", "2"])
        }
    }

    @Test("Statements are prepared once, few stay prepared, and those dropped are gone from the server")
    func prepared() async throws {
        try await withSession(SessionOptions(preparation: .named(atMost: 4))) { session, _ in
            for round in 0..<3 {
                for number in 0..<10 { try await session.query("SELECT \(number)") }
                #expect(session.counts.preparations == (round + 1) * 10)
            }
            let before = session.counts.preparations
            for _ in 0..<10 { try await session.query("SELECT 9") }
            #expect(session.counts.preparations == before)
            let names = try await session.query("SELECT count(*) FROM pg_prepared_statements").only
            #expect(try names[0, as: Int.self] <= 4)
        }
    }

    @Test("A statement whose preparation is gone or out of date is prepared anew")
    func renewed() async throws {
        try await withSession { session, loop in
            try await session.query("CREATE TABLE salon (name text)")
            try await session.query("INSERT INTO salon VALUES ('Ada')")
            #expect(try await session.query("SELECT * FROM salon").columns == ["name"])
            try await session.query("ALTER TABLE salon ADD COLUMN city text")
            #expect(try await session.query("SELECT * FROM salon").columns == ["name", "city"])
            try await session.query("DEALLOCATE ALL")
            #expect(try await session.query("SELECT * FROM salon").columns == ["name", "city"])
            #expect(await together(session, loop, ["SELECT nonsense", "SELECT 5", "SELECT 6"]) == ["42703", "5", "6"])
            #expect(await together(session, loop, ["SELECT 5", "SELECT 6"]) == ["5", "6"])
        }
    }

    @Test("Without named statements nothing stays prepared")
    func unnamed() async throws {
        try await withSession(SessionOptions(preparation: .unnamed)) { session, loop in
            for number in 0..<3 {
                #expect(try await session.query("SELECT $1::int8", number).only[0, as: Int.self] == number)
            }
            #expect(await together(session, loop, ["SELECT 1", "SELECT 1 / 0", "SELECT 3"]) == ["1", "22012", "3"])
            #expect(session.counts.preparations == 0)
            let names = try await session.query("SELECT count(*) FROM pg_prepared_statements").only
            #expect(try names[0, as: Int.self] == 0)
        }
    }

    @Test("Large statements and answers pass each other without either side waiting for ever")
    func large() async throws {
        try await withSession { session, loop in
            let text = String(repeating: "salon ", count: 500_000)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask(executorPreference: loop) {
                        try await session.query("SELECT $1::text", text).only[0, as: String.self] == text
                    }
                }
                for try await isSame in group { #expect(isSame) }
            }
        }
    }

    @Test("What cannot be sent fails alone")
    func unsendable() async throws {
        try await withSession { session, loop in
            var many = PostgresParameters()
            for number in 0..<70_000 { try many.append(number) }
            let tooMany = many
            let error = await #expect(throws: PostgresError.self) {
                try await session.query("SELECT 1", parameters: tooMany)
            }
            #expect(error?.explained.what == "the statement has more than 65535 parameters")
            let zero = await #expect(throws: PostgresError.self) { try await session.query("SELECT 1\0") }
            #expect(zero?.kind == .unusable)
            #expect(await together(session, loop, ["SELECT 1; SELECT 2", "SELECT 3"]) == ["42601", "3"])
        }
    }

    @Test("One statement more than may wait is refused, and those before it get their answers")
    func crowded() async throws {
        try await withSession(SessionOptions(inFlightMax: 2, waitingMax: 3)) { session, loop in
            let outcomes = await together(session, loop, (1...8).map { "SELECT \($0)" })
            #expect(outcomes == ["1", "2", "3", "crowded", "crowded", "crowded", "crowded", "crowded"])
        }
    }
}
