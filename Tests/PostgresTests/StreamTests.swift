import Basics
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct StreamTests {
    private struct Enough: Error {}

    @Test("Rows come one after the other in order, without another thread, and the session goes on")
    func rows() async throws {
        try await withSession { session, loop in
            try await session.query("SELECT 1")
            let hops = loop.hops
            let sum = try await session.stream("SELECT n::int8 FROM generate_series(1, $1::int8) AS n", 10_000) {
                rows in
                var (sum, last) = (0, 0)
                for try await row in rows {
                    let number = try row[0, as: Int.self]
                    #expect(number == last + 1)
                    (sum, last) = (sum + number, number)
                }
                return sum
            }
            #expect(sum == 50_005_000)
            #expect(try await session.query("SELECT 7").only[0, as: Int.self] == 7)
            #expect(loop.hops == hops)
        }
    }

    @Test("What follows a stream gets its rows together, prepared or not", arguments: [true, false])
    func afterwards(isNamed: Bool) async throws {
        try await withSession(SessionOptions(preparation: isNamed ? .named(atMost: 8) : .unnamed)) { session, _ in
            for _ in 0..<3 {
                try await session.stream("SELECT generate_series(1, 3)") { rows in for try await _ in rows {} }
                #expect(try await session.query("SELECT generate_series(1, 3)").count == 3)
            }
        }
    }

    @Test("A slow reader makes the server wait, and gets all rows in the end")
    func backPressure() async throws {
        try await withDatabase { options, loop in
            let session = try await PostgresSession.connect(options, on: loop)
            let other = try await PostgresSession.connect(options, on: loop)
            defer { [session, other].forEach { $0.close() } }
            try await session.query("CREATE SEQUENCE made")
            let sql = "SELECT nextval('made'), repeat('x', 16384) FROM (SELECT generate_series(1, 4096)) AS many"
            try await session.stream(sql) { rows in
                var last = 0
                for try await row in rows {
                    last += 1
                    #expect(try row[0, as: Int.self] == last)
                    guard last == 10 else { continue }
                    let waiting = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'ClientWrite'"
                    while try await other.query(waiting, session.backendProcess).isEmpty {}
                    // What the system holds between the two, and no more: a tenth of the 64 MB.
                    let made = try await other.query("SELECT last_value FROM made").only[0, as: Int.self]
                    #expect(made < 1024)
                }
                #expect(last == 4096)
            }
        }
    }

    @Test("A stream that ends early, throws or is cancelled leaves the session usable")
    func endsEarly() async throws {
        try await withSession { session, loop in
            let endless = "SELECT generate_series(1, 1000000000)"
            let first = try await session.stream(endless) { rows in
                for try await row in rows { return try row[0, as: Int.self] }
                return 0
            }
            #expect(first == 1)
            await #expect(throws: Enough.self) { try await session.stream(endless) { _ in throw Enough() } }
            let begun = LoopWait<Void>()
            let reader = Task(executorPreference: loop) {
                try await session.stream("SELECT 1 UNION ALL SELECT 2 FROM pg_sleep(3600)") { rows in
                    begun.succeed()
                    for try await _ in rows {}
                }
            }
            try await begun.value(on: loop)
            reader.cancel()
            await #expect(throws: CancellationError.self) { try await reader.value }
            let late = await #expect(throws: PostgresError.self) {
                try await session.stream("SELECT pg_sleep(3600)", within: .milliseconds(20)) { rows in
                    for try await _ in rows {}
                }
            }
            #expect(late?.kind == .overdue)
            let failed = await #expect(throws: PostgresError.self) {
                try await session.stream("SELECT 1 / (3 - n) FROM generate_series(1, 5) AS n") { rows in
                    for try await _ in rows {}
                }
            }
            #expect(failed?.sqlState == .divisionByZero)
            #expect(try await session.query("SELECT 7").only[0, as: Int.self] == 7)
        }
    }

    @Test("Statements of others wait for a stream, and one inside of it is refused rather than waiting for itself")
    func neighbours() async throws {
        try await withSession { session, loop in
            let (other, refused) = try await session.stream("SELECT 1 UNION SELECT 2") { rows in
                let other = Task.detached(executorPreference: loop) {
                    try await session.query("SELECT 3").only[0, as: Int.self]
                }
                let refused = await #expect(throws: PostgresError.self) { try await session.query("SELECT 4") }
                let nested = await #expect(throws: PostgresError.self) { try await session.execute("SELECT 5") }
                #expect(nested?.kind == .unusable)
                for try await _ in rows {}
                return (other, refused)
            }
            #expect(refused?.explained.what == "the session is streaming")
            #expect(try await other.value == 3)
        }
    }

    @Test("Scripts, streams and statements of many tasks take turns on one session")
    func turns() async throws {
        try await withSession { session, loop in
            try await session.query("CREATE TABLE done (n int)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask(executorPreference: loop) {
                        switch number % 3 {
                        case 0: try await session.execute("INSERT INTO done VALUES (\(number)); SELECT 1")
                        case 1: try await session.query("INSERT INTO done VALUES ($1)", number)
                        default:
                            try await session.stream("INSERT INTO done VALUES ($1) RETURNING n", number) { rows in
                                for try await row in rows { #expect(try row[0, as: Int.self] == number) }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await session.query("SELECT count(DISTINCT n) FROM done").only[0, as: Int.self] == 60)
        }
    }

    @Test("A session that is closed, or loses its server, ends a stream and those that wait for their turn")
    func broken() async throws {
        try await withDatabase { options, loop in
            let session = try await PostgresSession.connect(options, on: loop)
            let other = try await PostgresSession.connect(options, on: loop)
            defer { other.close() }
            let begun = LoopWait<Void>()
            let reader = Task(executorPreference: loop) {
                try await session.stream("SELECT pg_sleep(3600)") { rows in
                    begun.succeed()
                    for try await _ in rows {}
                }
            }
            try await begun.value(on: loop)
            let next = Task(executorPreference: loop) { try await session.execute("SELECT 1") }
            try await other.query("SELECT pg_terminate_backend($1)", session.backendProcess)
            let ended = await #expect(throws: PostgresError.self) { try await reader.value }
            #expect(ended?.sqlState == .adminShutdown)
            let lost = await #expect(throws: PostgresError.self) { try await next.value }
            #expect(lost?.kind == .lost)
            #expect(!session.isOpen)
        }
    }
}
