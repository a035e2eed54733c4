import Basics
import Loop
import LoopTestSupport
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

@Suite struct FaultTests {
    /// A database behind a proxy that breaks connections, without TLS so that it can see the words, and a session that
    /// goes around it.
    private func withProxy<Result: Sendable>(
        settlingTime: Duration = .seconds(5),
        _ body: @escaping @Sendable (FaultProxy, ConnectionOptions, PostgresSession, EventLoop) async throws -> Result
    ) async throws -> Result {
        try await withDatabase { options, loop in
            let server = try TestServer.shared()
            let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: server.port), on: loop)
            defer { proxy.close() }
            let observer = try await PostgresSession.connect(options, on: loop)
            defer { observer.close() }
            try await observer.query("CREATE TABLE booking (id int8)")
            guard case .tcp(let host, let port) = proxy.address else { preconditionFailure("it listens on a port") }
            var faulty = options
            (faulty.host, faulty.port, faulty.sslMode, faulty.settlingTime) = (host, port, .disable, settlingTime)
            return try await body(proxy, faulty, observer, loop)
        }
    }

    private func count(_ session: PostgresSession) async throws -> Int {
        try await session.query("SELECT count(*) FROM booking").only[0, as: Int.self]
    }

    @Test("A server that says nothing holds neither a transaction nor a listener for longer than their limits")
    func silent() async throws {
        try await withProxy(settlingTime: .milliseconds(50)) { proxy, options, _, loop in
            let patience = SessionOptions(statementTimeout: .milliseconds(50))
            let session = try await PostgresSession.connect(options, patience, on: loop)
            defer { session.close() }
            let arrival = proxy.hold(at: "BEGIN ISOLATION LEVEL")
            let late = await #expect(throws: PostgresError.self) { try await session.transaction {} }
            #expect(late?.kind == .overdue)
            try await arrival.value(on: loop)
            proxy.cut()

            var hurried = options
            hurried.connectTimeout = .seconds(1)
            _ = proxy.hold(at: "LISTEN")
            let deaf = await #expect(throws: PostgresError.self) {
                _ = try await PostgresNotifications.listen(hurried, to: ["bookings"], on: loop)
            }
            // On a busy machine the time may be over before it has connected.
            #expect(deaf?.kind == .overdue || deaf?.kind == .unreachable)
        }
    }

    /// The ways in which a connection ends without a word of the server.
    enum Break: String, CaseIterable, Sendable {
        case cut, halfClose, garbage

        func happen(to proxy: FaultProxy) async throws {
            switch self {
            case .cut: proxy.cut()
            case .halfClose: proxy.halfClose()
            case .garbage: try await proxy.inject([0xff, 0x00, 0x00, 0x00, 0x05, 0x21])
            }
        }
    }

    @Test(
        "A connection that breaks fails every statement on its way once, and none is repeated",
        arguments: Break.allCases)
    func pipeline(way: Break) async throws {
        try await withProxy { proxy, options, observer, loop in
            let session = try await PostgresSession.connect(options, on: loop)
            let arrival = proxy.hold(at: "INSERT INTO booking")
            let work = (0..<30).map { number in
                Task(executorPreference: loop) {
                    try await session.query(
                        "INSERT INTO booking VALUES ($1)", number, fate: number % 2 == 0 ? .own : .shared)
                }
            }
            try await arrival.value(on: loop)
            try await way.happen(to: proxy)
            for task in work {
                let error = await #expect(throws: PostgresError.self) { try await task.value }
                #expect(error?.kind == .lost)
            }
            #expect(!session.isOpen)
            #expect(proxy.connectionCount == 1)
            proxy.cut()
            #expect(try await count(observer) == 0)
        }
    }

    @Test("A commit that never arrives has an unknown outcome, and is not repeated though others would be")
    func commitCutOff() async throws {
        try await withProxy { proxy, options, observer, loop in
            let session = try await PostgresSession.connect(options, on: loop)
            let arrival = proxy.hold(at: "\0COMMIT")
            let work = Task(executorPreference: loop) {
                var runs = 0
                let error = await #expect(throws: PostgresError.self) {
                    try await session.transaction(retrying: .repeatable(attempts: 5)) {
                        runs += 1
                        try await session.query("INSERT INTO booking VALUES (1)")
                    }
                }
                #expect(runs == 1)
                return error
            }
            try await arrival.value(on: loop)
            proxy.cut()
            let error = await work.value
            #expect(error?.kind == .outcomeUnknown)
            #expect(error?.isTransient == false)
            #expect(try await count(observer) == 0)
        }
    }

    @Test("A commit whose answer is cut off has an unknown outcome too, and took effect once")
    func commitAnswerCutOff() async throws {
        try await withProxy { proxy, options, observer, loop in
            try await observer.execute(
                """
                CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER late AFTER INSERT ON booking DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION linger();
                SELECT pg_advisory_lock(1)
                """)
            let session = try await PostgresSession.connect(options, on: loop)
            let work = Task(executorPreference: loop) {
                try await session.transaction(retrying: .repeatable(attempts: 5)) {
                    try await session.query("INSERT INTO booking VALUES (1)")
                }
            }
            let committing = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory' AND query = 'COMMIT'"
            while try await observer.query(committing).isEmpty {}
            proxy.cut()
            let error = await #expect(throws: PostgresError.self) { try await work.value }
            #expect(error?.kind == .outcomeUnknown)
            try await observer.query("SELECT pg_advisory_unlock(1)")
            while try await count(observer) == 0 {}
            #expect(try await count(observer) == 1)
        }
    }

    @Test("A connection that breaks within a transaction loses all of it, and a pool lends another one")
    func transactionCutOff() async throws {
        try await withProxy { proxy, options, observer, loop in
            let pool = PostgresPool(options, PoolLimits(minimum: 0, maximum: 1, acquireTimeout: .seconds(60)), on: loop)
            var runs = 0
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction(retrying: .repeatable(attempts: 5)) { session in
                    runs += 1
                    try await session.query("INSERT INTO booking VALUES (1)")
                    proxy.cut()
                    try await session.query("INSERT INTO booking VALUES (2)")
                }
            }
            #expect(error?.kind == .lost)
            #expect(runs == 1)
            try await pool.withTransaction { try await $0.query("INSERT INTO booking VALUES (3)") }
            #expect(try await observer.query("SELECT id FROM booking").map { try $0[0, as: Int.self] } == [3])
            #expect(proxy.connectionCount == 2)
            await pool.stop(within: .seconds(10))
        }
    }

    @Test("On a half-open connection nobody waits longer than he said, and the connection is given up")
    func halfOpen() async throws {
        try await withProxy(settlingTime: .milliseconds(50)) { proxy, options, observer, loop in
            let session = try await PostgresSession.connect(options, on: loop)
            try await session.query("SELECT 1")
            proxy.stall()
            let statement = await #expect(throws: PostgresError.self) {
                try await session.query("SELECT 1", within: .milliseconds(20))
            }
            #expect(statement?.kind == .overdue)
            // The request to end the statement gets no further than the statement itself.
            while session.isOpen { try await observer.query("SELECT 1") }
            var patient = options
            patient.connectTimeout = .milliseconds(50)
            let connect = await #expect(throws: PostgresError.self) {
                try await PostgresSession.connect(patient, on: loop)
            }
            #expect(connect?.kind == .unreachable)
        }
    }

    @Test("A pool finds a half-open connection out before it lends it")
    func halfOpenPool() async throws {
        try await withProxy(settlingTime: .milliseconds(50)) { proxy, options, _, loop in
            let limits = PoolLimits(
                minimum: 0, maximum: 1, acquireTimeout: .seconds(60), checkAfter: .zero,
                checkTimeout: .milliseconds(50))
            let pool = PostgresPool(options, limits, on: loop)
            try await pool.withConnection { try await $0.query("SELECT 1") }
            proxy.stall()
            let next = Task(executorPreference: loop) {
                try await pool.withConnection { try await $0.query("SELECT 7").only[0, as: Int.self] }
            }
            while pool.status.broken == 0 { try await loop.sleep(for: .milliseconds(1)) }
            proxy.release()
            #expect(try await next.value == 7)
            await pool.stop(within: .seconds(10))
        }
    }

    @Test("A server that is slow is waited for, and every answer goes to its own statement")
    func slow() async throws {
        try await withProxy { proxy, options, _, loop in
            let session = try await PostgresSession.connect(options, on: loop)
            defer { session.close() }
            proxy.stall()
            let work = (0..<200).map { number in
                Task(executorPreference: loop) {
                    try await session.query("SELECT $1::int8", number).only[0, as: Int.self]
                }
            }
            for _ in 0..<50 { await Task.yield() }
            proxy.release()
            for (number, task) in work.enumerated() { #expect(try await task.value == number) }
        }
    }

    @Test("Whenever connections break, each row of a batcher gets one outcome, and what was acknowledged is there once")
    func batcher() async throws {
        try await withProxy { proxy, options, observer, loop in
            var generator = SeededGenerator()
            try await observer.query("ALTER TABLE booking ADD PRIMARY KEY (id)")
            let batcher = CommitBatcher(
                options, BatchStatement("INSERT INTO booking SELECT * FROM unnest($1::int8[])", columns: Int.self),
                BatchLimits(connections: 2, rowsMax: 16), on: loop)
            var outcomes: [Int: PostgresError.Kind?] = [:]
            for round in 0..<8 {
                let base = round * 100
                let cutAt = Int.random(in: 0..<100, using: &generator)
                let found = await withTaskGroup(of: (Int, PostgresError.Kind?).self) { group in
                    for number in base..<base + 100 {
                        group.addTask(executorPreference: loop) {
                            do {
                                try await batcher.commit(BatchRow(number))
                                if number - base == cutAt { proxy.cut() }
                                return (number, nil)
                            } catch {
                                return (number, (error as? PostgresError)?.kind ?? .unusable)
                            }
                        }
                    }
                    return await group.reduce(into: [(Int, PostgresError.Kind?)]()) { $0.append($1) }
                }
                for (number, kind) in found { outcomes[number] = kind }
            }
            await batcher.stop(within: .seconds(10))
            #expect(outcomes.count == 800)
            #expect(outcomes.values.allSatisfy { $0 == nil || $0 == .outcomeUnknown }, generator.note)
            let stored = Set(try await observer.query("SELECT id FROM booking").map { try $0[0, as: Int.self] })
            let acknowledged = Set(outcomes.filter { $0.value == nil }.keys)
            #expect(acknowledged.isSubset(of: stored), generator.note)
            #expect(acknowledged.count > 100, generator.note)
        }
    }
}
