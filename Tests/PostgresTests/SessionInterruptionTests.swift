import Basics
import Glibc
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct SessionInterruptionTests {
    private static let endless = "SELECT pg_sleep(3600)"

    @Test("A deadline frees the caller, the server is told, and the neighbours get their answers")
    func deadline() async throws {
        try await withSession { session, loop in
            for _ in 0..<3 {
                let slow = Task(executorPreference: loop) {
                    try await session.query(Self.endless, within: .milliseconds(20))
                }
                let quick = Task(executorPreference: loop) { try await session.query("SELECT $1::int8", 7) }
                let error = await #expect(throws: PostgresError.self) { try await slow.value }
                #expect(error?.kind == .overdue)
                let answer = try await quick.value.only
                #expect(try answer[0, as: Int.self] == 7)
                #expect(session.isOpen)
            }
        }
    }

    @Test("A statement that is given up behind others of its group is called off, and they get their answers")
    func deadlineInGroup() async throws {
        try await withSession { session, loop in
            for isPrepared in [false, true] {
                let first = Task(executorPreference: loop) { try await session.query("SELECT $1::int8", 1) }
                let slow = Task(executorPreference: loop) {
                    try await session.query(Self.endless, within: .milliseconds(isPrepared ? 20 : 50))
                }
                let last = Task(executorPreference: loop) { try await session.query("SELECT $1::int8", 3) }
                let error = await #expect(throws: PostgresError.self) { try await slow.value }
                #expect(error?.kind == .overdue)
                let answers = [try await first.value.only, try await last.value.only]
                #expect(try answers.map { try $0[0, as: Int.self] } == [1, 3])
                #expect(session.isOpen)
            }
        }
    }

    @Test("A cancelled task frees itself, its statement is called off, and the neighbours get their answers")
    func cancelled() async throws {
        try await withDatabase { options, loop in
            let heard = LoopWait<Void>()
            let session = try await PostgresSession.connect(options, on: loop) { _ in heard.succeed() }
            defer { session.close() }
            try await session.query(
                """
                CREATE FUNCTION linger() RETURNS int LANGUAGE plpgsql AS
                $$ BEGIN RAISE NOTICE 'running'; PERFORM pg_sleep(3600); RETURN 1; END $$
                """)
            let slow = Task(executorPreference: loop) { try await session.query("SELECT linger()") }
            try await heard.value(on: loop)
            let neighbours = (0..<20).map { number in
                Task(executorPreference: loop) {
                    try await session.query("SELECT $1::int8", number, fate: .own).only[0, as: Int.self]
                }
            }
            slow.cancel()
            await #expect(throws: CancellationError.self) { try await slow.value }
            for (number, neighbour) in neighbours.enumerated() { #expect(try await neighbour.value == number) }
        }
    }

    @Test("A task that is cancelled before its statement is sent leaves no trace")
    func cancelledBefore() async throws {
        try await withSession { session, loop in
            let work = Task(executorPreference: loop) {
                withUnsafeCurrentTask { $0?.cancel() }
                try await session.query("CREATE TABLE never ()")
            }
            await #expect(throws: CancellationError.self) { try await work.value }
            let waiting = Task(executorPreference: loop) { try await session.query("CREATE TABLE never ()") }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            let row = try await session.query("SELECT to_regclass('never')::text").only
            #expect(try row[0, as: String?.self] == nil)
        }
    }

    @Test("When the server does not end a statement in time, the session is closed and all waiting fail")
    func stubborn() async throws {
        try await withDatabase { options, loop in
            var options = options
            options.settlingTime = .milliseconds(50)
            let session = try await PostgresSession.connect(options, on: loop)
            let backend = session.backendProcess
            kill(backend, SIGSTOP)
            defer { kill(backend, SIGCONT) }
            let neighbour = Task(executorPreference: loop) { try await session.query("SELECT 2") }
            let error = await #expect(throws: PostgresError.self) {
                try await session.query("SELECT 1", within: .milliseconds(20))
            }
            #expect(error?.kind == .overdue)
            let lost = await #expect(throws: PostgresError.self) { try await neighbour.value }
            #expect(lost?.kind == .lost)
            #expect(!session.isOpen)
        }
    }

    @Test(
        "A server that ends the connection fails all that wait with its reason, and the session is closed",
        arguments: [nil, "127.0.0.1"])
    func terminated(host: String?) async throws {
        try await withDatabase { options, loop in
            var options = options
            options.host = host ?? options.host
            let session = try await PostgresSession.connect(options, on: loop)
            let other = try await PostgresSession.connect(options, on: loop)
            defer { other.close() }
            let waiting = [Self.endless, "SELECT 1"].map { sql in
                Task(executorPreference: loop) { try await session.query(sql, fate: .own) }
            }
            // The victim's statement has begun when the server shows it.
            while try await other.query(
                "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'", session.backendProcess
            ).isEmpty {}
            try await other.query("SELECT pg_terminate_backend($1)", session.backendProcess)
            for task in waiting {
                let error = await #expect(throws: PostgresError.self) { try await task.value }
                #expect(error?.kind == .lost)
                #expect(error?.sqlState == .adminShutdown)
                #expect(error?.isTransient == true)
            }
            #expect(!session.isOpen)
            let later = await #expect(throws: PostgresError.self) { try await session.query("SELECT 1") }
            #expect(later?.kind == .lost)
        }
    }

    @Test("A connection that breaks in the middle of an answer fails all that wait")
    func broken() async throws {
        try await EventLoop.onThread { loop in
            let server = try ScriptedServer(on: loop)
            defer { server.close() }
            let options = server.options
            let client = Task(executorPreference: loop) {
                let session = try await PostgresSession.connect(options, on: loop)
                let one = Task(executorPreference: loop) { try await session.query("SELECT 1") }
                let two = Task(executorPreference: loop) { try await session.query("SELECT 2") }
                var kinds: [PostgresError.Kind?] = []
                do { _ = try await one.value } catch { kinds.append((error as? PostgresError)?.kind) }
                do { _ = try await two.value } catch { kinds.append((error as? PostgresError)?.kind) }
                return (kinds, session.isOpen)
            }
            let socket = try await server.greet(with: ScriptedServer.welcome)
            var statement: [UInt8] = []
            _ = try await socket.read(appendingTo: &statement)
            try await socket.write(Array("T".utf8))
            socket.close()
            let (kinds, isOpen) = try await client.value
            #expect(kinds == [.lost, .lost])
            #expect(!isOpen)
        }
    }

    @Test("A session that nobody holds any more hangs up")
    func forgotten() async throws {
        try await withDatabase { options, loop in
            let other = try await PostgresSession.connect(options, on: loop)
            defer { other.close() }
            func backend() async throws -> Int32 {
                let session = try await PostgresSession.connect(options, on: loop)
                try await session.query("SELECT 1")
                return session.backendProcess
            }
            let process = try await backend()
            while try await !other.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", process).isEmpty {}
        }
    }
}
