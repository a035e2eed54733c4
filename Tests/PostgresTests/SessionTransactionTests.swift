import Basics
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct SessionTransactionTests {
    private struct Refusal: Error {}

    private func count(_ session: PostgresSession) async throws -> Int {
        try await session.query("SELECT count(*) FROM booking").only[0, as: Int.self]
    }

    @Test("A transaction commits when its body returns, and rolls back when it throws")
    func outcome() async throws {
        try await withSession { session, _ in
            try await session.query("CREATE TABLE booking (id int)")
            let isolation = try await session.transaction(isolation: .serializable, readOnly: false) {
                try await session.query("INSERT INTO booking VALUES (1)")
                #expect(session.isInTransaction)
                return try await session.query("SHOW transaction_isolation").only[0, as: String.self]
            }
            #expect(isolation == "serializable")
            await #expect(throws: Refusal.self) {
                try await session.transaction {
                    try await session.query("INSERT INTO booking VALUES (2)")
                    throw Refusal()
                }
            }
            let refused = await #expect(throws: PostgresError.self) {
                try await session.transaction(readOnly: true) {
                    try await session.query("INSERT INTO booking VALUES (3)")
                }
            }
            #expect(refused?.sqlState?.code == "25006")
            #expect(!session.isInTransaction)
            #expect(try await count(session) == 1)
        }
    }

    @Test("A failed statement that the body swallows does not look committed, and nesting is refused")
    func swallowed() async throws {
        try await withSession { session, _ in
            let error = await #expect(throws: PostgresError.self) {
                try await session.transaction { _ = try? await session.query("SELECT 1 / 0") }
            }
            #expect(error?.sqlState == .inFailedTransaction)
            let nested = await #expect(throws: PostgresError.self) {
                try await session.transaction { try await session.transaction {} }
            }
            #expect(nested?.explained.what == "a transaction is open already")
            #expect(!session.isInTransaction)
        }
    }

    @Test("A savepoint that fails is undone alone, also inside of another")
    func savepoints() async throws {
        try await withSession { session, _ in
            try await session.query("CREATE TABLE booking (id int PRIMARY KEY)")
            try await session.transaction {
                try await session.query("INSERT INTO booking VALUES (1)")
                await #expect(throws: PostgresError.self) {
                    try await session.savepoint { try await session.query("INSERT INTO booking VALUES (1)") }
                }
                try await session.savepoint {
                    try await session.query("INSERT INTO booking VALUES (2)")
                    await #expect(throws: Refusal.self) {
                        try await session.savepoint {
                            try await session.query("INSERT INTO booking VALUES (3)")
                            throw Refusal()
                        }
                    }
                }
            }
            #expect(try await count(session) == 2)
            let outside = await #expect(throws: PostgresError.self) { try await session.savepoint {} }
            #expect(outside?.explained.what == "no transaction is open")
        }
    }

    /// Two serializable transactions that read what the other writes, so that one must fail; says how often the first
    /// one ran.
    private func collide(_ retrying: TransactionRetry) async throws -> Result<Int, PostgresError> {
        try await withDatabase { options, loop in
            let one = try await PostgresSession.connect(options, on: loop)
            let other = try await PostgresSession.connect(options, on: loop)
            defer {
                one.close()
                other.close()
            }
            try await one.query("CREATE TABLE booking (id int)")
            var runs = 0
            do {
                try await one.transaction(isolation: .serializable, retrying: retrying) {
                    runs += 1
                    _ = try await self.count(one)
                    if runs == 1 {
                        try await other.transaction(isolation: .serializable) {
                            _ = try await self.count(other)
                            try await other.query("INSERT INTO booking VALUES (1)")
                        }
                    }
                    try await one.query("INSERT INTO booking VALUES (2)")
                }
                #expect(try await self.count(one) == 2)
                return .success(runs)
            } catch let error as PostgresError {
                #expect(runs == 1)
                return .failure(error)
            }
        }
    }

    @Test("A serialization failure is repeated when the block says that it may be, and comes out otherwise")
    func retry() async throws {
        #expect(try await collide(.repeatable(attempts: 3)).get() == 2)
        let outcome = try await collide(.never)
        let error = #expect(throws: PostgresError.self) { try outcome.get() }
        #expect(error?.sqlState == .serializationFailure)
        #expect(error?.isTransient == true)
    }

    @Test("A task that is cancelled in a transaction rolls it back and leaves the session usable")
    func cancelled() async throws {
        try await withSession { session, loop in
            try await session.query("CREATE TABLE booking (id int)")
            let work = Task(executorPreference: loop) {
                try await session.transaction {
                    try await session.query("INSERT INTO booking VALUES (1)")
                    try await session.query("SELECT pg_sleep(3600)", within: .milliseconds(20))
                }
            }
            let error = await #expect(throws: PostgresError.self) { try await work.value }
            #expect(error?.kind == .overdue)
            #expect(session.isOpen && !session.isInTransaction)
            #expect(try await count(session) == 0)
        }
    }

    @Test("A commit that takes too long closes the session, and its outcome is called unknown")
    func overdueCommit() async throws {
        try await withSession { session, _ in
            for statement in [
                "CREATE TABLE booking (id int)",
                """
                CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(3600); RETURN NULL; END $$
                """,
                """
                CREATE CONSTRAINT TRIGGER late AFTER INSERT ON booking DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION linger()
                """,
            ] { try await session.query(statement) }
            let error = await #expect(throws: PostgresError.self) {
                try await session.transaction(retrying: .repeatable(attempts: 5), commitWithin: .milliseconds(20)) {
                    try await session.query("INSERT INTO booking VALUES (1)")
                }
            }
            #expect(error?.kind == .outcomeUnknown)
            #expect(!session.isOpen)
        }
    }
}
