import Basics
import Glibc
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct BreakTests {
    /// A connection that delivers to `heard` when the server says something beside its answers.
    private func listening(
        _ options: ConnectionOptions, _ loop: EventLoop, _ heard: LoopWait<Void>
    ) async throws -> PostgresSession {
        try await PostgresSession.connect(options, on: loop) { _ in heard.succeed() }
    }

    @Test("A deadline calls a statement off and leaves the connection usable", arguments: [nil, "127.0.0.1"])
    func deadline(host: String?) async throws {
        try await withDatabase { options, loop in
            var options = options
            options.host = host ?? options.host
            let connection = try await PostgresSession.connect(options, on: loop)
            defer { connection.close() }
            for _ in 0..<3 {
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.query("SELECT pg_sleep(3600)", within: .milliseconds(20))
                }
                #expect(error?.kind == .overdue)
                #expect(error?.explained.code == .timeout)
                #expect(error?.description == "a statement took longer than 20 ms: it was called off")
                #expect(connection.isOpen)
                #expect(try await connection.query("SELECT 1", within: .seconds(60)).only[0, as: Int.self] == 1)
            }
        }
    }

    @Test("A connection that was ended while nobody used it fails its next statement", arguments: [nil, "127.0.0.1"])
    func terminatedAtRest(host: String?) async throws {
        try await withDatabase { options, loop in
            var options = options
            options.host = host ?? options.host
            let victim = try await PostgresSession.connect(options, on: loop)
            let other = try await PostgresSession.connect(options, on: loop)
            defer { other.close() }
            // With a time to wait in, the server answers when the process is gone.
            let gone = try await other.query("SELECT pg_terminate_backend($1, 60000) AS gone", victim.backendProcess)
            #expect(try gone.only["gone", as: Bool.self])
            let error = await #expect(throws: PostgresError.self) { try await victim.query("SELECT 1") }
            #expect(error?.kind == .lost)
            #expect(error?.isTransient == true)
            #expect(!victim.isOpen)
        }
    }

    @Test("A connection that is reset behind the beginning of an answer is lost, and nobody waits for the rest")
    func reset() async throws {
        try await EventLoop.onThread { loop in
            let server = try ScriptedServer(on: loop)
            defer { server.close() }
            let options = server.options
            let client = Task(executorPreference: loop) {
                let connection = try await PostgresSession.connect(options, on: loop)
                return await #expect(throws: PostgresError.self) {
                    try await connection.query(
                        "SELECT $1", String(repeating: "x", count: 100_000), within: .seconds(60))
                }
            }
            let socket = try await server.greet(with: ScriptedServer.welcome)
            var statement: [UInt8] = []
            _ = try await socket.read(appendingTo: &statement, atMost: 10)
            try await socket.write(Array("T".utf8))
            // What it did not read makes the system reset the connection.
            socket.close()
            #expect(try await client.value?.kind == .lost)
        }
    }

    /// A table whose rows are checked at the commit by a function with this body.
    private func withCheckAtCommit(_ connection: PostgresSession, _ body: String) async throws {
        try await connection.execute(
            """
            CREATE TABLE booking (id int);
            CREATE FUNCTION check_booking() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(body) RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON booking DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION check_booking();
            """)
    }

    @Test("A commit is not called off by its task, and its answer counts")
    func cancelledCommit() async throws {
        try await withDatabase { options, loop in
            let heard = LoopWait<Void>()
            let other = try await PostgresSession.connect(options, on: loop)
            defer { other.close() }
            try await withCheckAtCommit(other, "RAISE NOTICE 'late'; PERFORM pg_advisory_xact_lock(1);")
            try await other.query("SELECT pg_advisory_lock(1)")
            let connection = try await listening(options, loop, heard)
            defer { connection.close() }
            let work = Task(executorPreference: loop) {
                try await connection.transaction {
                    try await connection.query("INSERT INTO booking VALUES (1)")
                    return "kept"
                }
            }
            try await heard.value(on: loop)
            work.cancel()
            try await other.query("SELECT pg_advisory_unlock(1)")
            #expect(try await work.value == "kept")
            #expect(connection.isOpen)
            #expect(try await other.query("SELECT count(*) FROM booking").only[0, as: Int.self] == 1)
        }
    }

}
