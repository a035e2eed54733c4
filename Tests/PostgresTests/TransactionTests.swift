import Basics
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct TransactionTests {
    private struct Refusal: Error {}

    private func count(_ connection: PostgresConnection) async throws -> Int {
        try await connection.query("SELECT count(*) AS n FROM booking").only["n", as: Int.self]
    }

    @Test("A transaction commits when its body returns")
    func commits() async throws {
        try await withDatabase { options, loop in
            let (writer, reader) = (try await open(options, loop), try await open(options, loop))
            try await writer.execute("CREATE TABLE booking (id int)")
            let returned = try await writer.transaction {
                #expect(writer.isInTransaction)
                try await writer.query("INSERT INTO booking VALUES (1)")
                #expect(try await self.count(reader) == 0)
                return "kept"
            }
            #expect(returned == "kept")
            #expect(!writer.isInTransaction)
            #expect(try await count(reader) == 1)
        }
    }

    private func open(_ options: ConnectionOptions, _ loop: EventLoop) async throws -> PostgresConnection {
        try await PostgresConnection.connect(options, on: loop)
    }

    @Test("A transaction rolls back when its body throws, and the error comes out")
    func rollsBack() async throws {
        try await withConnection { connection, _ in
            try await connection.execute("CREATE TABLE booking (id int PRIMARY KEY)")
            await #expect(throws: Refusal.self) {
                try await connection.transaction {
                    try await connection.query("INSERT INTO booking VALUES (1)")
                    throw Refusal()
                }
            }
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction {
                    try await connection.query("INSERT INTO booking VALUES (2)")
                    try await connection.query("INSERT INTO booking VALUES (2)")
                }
            }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(!connection.isInTransaction)
            #expect(try await count(connection) == 0)
        }
    }

    @Test("A body that swallows a failed statement does not look committed")
    func swallowedError() async throws {
        try await withConnection { connection, _ in
            try await connection.execute("CREATE TABLE booking (id int)")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction {
                    try await connection.query("INSERT INTO booking VALUES (1)")
                    _ = try? await connection.query("SELECT 1 / 0")
                }
            }
            #expect(error?.sqlState == .inFailedTransaction)
            #expect(error?.explained.summary == "the transaction was rolled back: a statement in it had failed")
            #expect(try await count(connection) == 0)
        }
    }

    @Test("A transaction in a transaction is refused, and the outer one rolls back")
    func nested() async throws {
        try await withConnection { connection, _ in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { try await connection.transaction {} }
            }
            #expect(error?.explained.what == "a transaction is open already")
            #expect(!connection.isInTransaction)
        }
    }

    @Test("A task that is cancelled in a transaction rolls it back and leaves the connection usable")
    func cancelled() async throws {
        try await withConnection { connection, loop in
            try await connection.execute("CREATE TABLE booking (id int)")
            let shared = SharedConnection(connection)
            let work = Task(executorPreference: loop) {
                try await shared.connection.transaction {
                    try await shared.connection.query("INSERT INTO booking VALUES (1)")
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            await #expect(throws: CancellationError.self) { try await work.value }
            #expect(connection.isOpen)
            #expect(!connection.isInTransaction)
            #expect(try await count(connection) == 0)
        }
    }

    @Test("A deferred constraint that fails at the commit is the transaction's error")
    func failingCommit() async throws {
        try await withConnection { connection, _ in
            try await connection.execute("CREATE TABLE booking (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { try await connection.query("INSERT INTO booking VALUES (1), (1)") }
            }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(!connection.isInTransaction)
        }
    }
}
