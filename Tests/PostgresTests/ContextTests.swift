import Loop
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

/// What a statement is told in front of it, with a setting for a context.
@Suite("A context") struct ContextTests {
    private static let reads = "SELECT current_setting('app.who', true)"

    private static func who(_ name: String) throws -> StatementContext {
        try StatementContext("SELECT set_config('app.who', $1, true)", name)
    }

    private static func name(_ rows: PostgresRows) throws -> String { try rows.only[0, as: String?.self] ?? "" }

    @Test("Each statement sees its own, on one connection, and in as many ways to the server as without")
    func own() async throws {
        try await withSession(SessionOptions(needsContext: true)) { session, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<500 {
                    group.addTask(executorPreference: session.loop) {
                        let rows = try await session.query(Self.reads, context: Self.who("\(number)"))
                        #expect(try Self.name(rows) == "\(number)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(session.counts.syncs < 50)
            #expect(session.counts.preparations == 2)
        }
    }

    @Test(
        "It ends with its statement's transaction, also where another fails", arguments: [StatementFate.shared, .own])
    func ends(fate: StatementFate) async throws {
        try await withSession { session, _ in
            async let bad = session.query("SELECT 1 / 0", context: Self.who("bad"), fate: fate)
            async let good = session.query(Self.reads, context: Self.who("good"), fate: fate)
            do {
                _ = try await bad
                Issue.record("dividing by zero went well")
            } catch {}
            let name = try await Self.name(good)
            #expect(name == "good")
            #expect(try await Self.name(session.query(Self.reads)) == "")
        }
    }

    @Test("One that fails fails its statement, which is not run then, and no other")
    func failing() async throws {
        try await withSession { session, _ in
            try await session.execute("CREATE TABLE seen (name text)")
            let broken = try StatementContext("SELECT $1::text::int", "no number")
            async let bad = session.query("INSERT INTO seen VALUES ('bad')", context: broken)
            async let good = session.query("INSERT INTO seen VALUES ('good')", context: Self.who("good"))
            do {
                _ = try await bad
                Issue.record("the statement ran")
            } catch let error as PostgresError {
                #expect(error.sqlState?.code == "22P02")
            }
            _ = try await good
            #expect(try await session.query("SELECT name FROM seen").only[0, as: String.self] == "good")
        }
    }

    /// One that stands on a kind, which each statement can see beside its name.
    private static func who(_ name: String, of kind: String?) throws -> StatementContext {
        guard let kind else {
            return try StatementContext(
                "SELECT set_config('app.kind', 'none', true), set_config('app.who', $1, true)", name)
        }
        return try StatementContext(
            "SELECT set_config('app.who', $1, true)", name, base: "SELECT set_config('app.kind', '\(kind)', true)")
    }

    private static let both = "SELECT current_setting('app.kind', true) || ' ' || current_setting('app.who', true)"

    @Test("What several stand on is said once to those that follow each other in a transaction")
    func shared() async throws {
        try await withSession(SessionOptions(needsContext: true)) { session, _ in
            try await session.query(Self.both, context: Self.who("first", of: "salon"))
            let before = session.counts
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask(executorPreference: session.loop) {
                        let rows = try await session.query(Self.both, context: Self.who("\(number)", of: "salon"))
                        #expect(try Self.name(rows) == "salon \(number)")
                    }
                }
                try await group.waitForAll()
            }
            let groups = session.counts.syncs - before.syncs
            #expect(groups < 16)
            #expect(session.counts.bases - before.bases == groups)
        }
    }

    @Test("Those of several kinds, and of none, and of statements that fail are never mixed up")
    func mixed() async throws {
        try await withSession(SessionOptions(needsContext: true)) { session, _ in
            var generator = SeededGenerator()
            let note = generator.note
            let kinds = (0..<600).map { _ in ["salon", "platform", nil].randomElement(using: &generator) ?? nil }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, kind) in kinds.enumerated() {
                    group.addTask(executorPreference: session.loop) {
                        let context = try Self.who("\(number)", of: kind)
                        if number % 50 == 7 {
                            await #expect(throws: PostgresError.self) {
                                try await session.query("SELECT 1 / 0", context: context)
                            }
                        } else {
                            let rows = try await session.query(Self.both, context: context)
                            #expect(try Self.name(rows) == "\(kind ?? "none") \(number)", note)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("One that stands on another goes with transactions too, and what fails there begins none")
    func standingTransaction() async throws {
        try await withSession(SessionOptions(needsContext: true)) { session, _ in
            let told = try await session.transaction(context: Self.who("Ada", of: "salon")) {
                try await Self.name(session.query(Self.both))
            }
            #expect(told == "salon Ada")
            let broken = try StatementContext("SELECT 1", base: "SELECT 1 / 0")
            await #expect(throws: PostgresError.self) {
                try await session.transaction(context: broken) { Issue.record("the body ran") }
            }
            #expect(!session.isInTransaction)
        }
    }

    @Test("A transaction has it from its first statement on to its end")
    func transaction() async throws {
        try await withSession(SessionOptions(needsContext: true)) { session, _ in
            let names = try await session.transaction(isolation: .serializable, context: Self.who("Ada")) {
                [try await Self.name(session.query(Self.reads)), try await Self.name(session.query(Self.reads))]
            }
            #expect(names == ["Ada", "Ada"])
            #expect(try await Self.name(session.query(Self.reads, context: StatementContext("SELECT 1"))) == "")
        }
    }

    @Test("A context that fails begins no transaction")
    func failingTransaction() async throws {
        try await withSession { session, _ in
            let broken = try StatementContext("SELECT $1::text::int", "no number")
            await #expect(throws: PostgresError.self) {
                try await session.transaction(context: broken) { Issue.record("the body ran") }
            }
            #expect(!session.isInTransaction)
            #expect(try await session.query("SELECT 1").count == 1)
        }
    }

    @Test("A session that needs one refuses statements and transactions without")
    func needed() async throws {
        try await withSession(SessionOptions(needsContext: true)) { session, _ in
            let error = await #expect(throws: PostgresError.self) { try await session.query("SELECT 1") }
            #expect(error?.description.contains("the statement has no context") == true)
            await #expect(throws: PostgresError.self) { try await session.transaction {} }
        }
    }

    @Test("Through PgBouncer, with one context after another on two server connections, none is mixed up")
    func pooler() async throws {
        let bouncer = try PgBouncer()
        try await withDatabase { options, loop in
            let sessionOptions = SessionOptions(preparation: .unnamed, needsContext: true)
            let pool = PostgresPool(bouncer.options(options), PoolLimits(maximum: 8), sessionOptions, on: loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask(executorPreference: loop) {
                        try await pool.withConnection { session in
                            let rows = try await session.query(Self.reads, context: Self.who("\(number)"))
                            #expect(try Self.name(rows) == "\(number)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            await pool.stop(within: .seconds(60))
        }
    }
}

@Suite("A commit") struct CommitPositionTests {
    @Test("It tells a place in the log behind it, and asking costs no way to the server")
    func position() async throws {
        try await withSession { session, _ in
            try await session.execute("CREATE TABLE t (n int)")
            let before = try #require(await session.position(.inserted))
            let (rows, place) = try await session.commit(
                "INSERT INTO t VALUES ($1) RETURNING n", parameters: PostgresParameters(7))
            let number: Int32 = try rows.only[0]
            #expect(number == 7)
            let position = try #require(place)
            #expect(before < position)
        }
    }

    @Test("One that fails tells nothing and leaves the session usable")
    func failing() async throws {
        try await withSession { session, _ in
            await #expect(throws: PostgresError.self) {
                _ = try await session.commit("SELECT 1 / 0", parameters: PostgresParameters())
            }
            let rows = try await session.query("SELECT 1")
            #expect(rows.count == 1)
        }
    }

    @Test("A place is read and written as the server does it", arguments: ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"])
    func text(_ text: String) async throws {
        let position = try #require(PostgresWALPosition(text))
        #expect(position.description == text)
        try await withSession { session, _ in
            let row = try await session.query("SELECT $1::pg_lsn, $1::text", position).only
            let (read, written) = try row.values(as: PostgresWALPosition.self, String.self)
            #expect(read == position && written == text)
        }
    }

    @Test("What is no place is none", arguments: ["", "/", "1", "1/2/3", "1/+2", "g/1", "100000000/1", " 1/2"])
    func noPlace(_ text: String) { #expect(PostgresWALPosition(text) == nil) }
}
