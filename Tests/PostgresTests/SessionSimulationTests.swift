import Basics
import Glibc
import Loop
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

/// Many tasks that do whatever a seed says on one session of a real server, at the same time.
@Suite struct SessionSimulationTests {
    /// What a task does, and so what must come of it.
    private enum Deed: CaseIterable {
        case insert, repeatInsert, divide, echo, cancelledInsert, overdue, script, stream, copy
    }

    /// What became of a task's row.
    private enum Fate {
        case written, absent, unknown
    }

    private static let seconds = getenv("PARLOR_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) } ?? 0

    @Test("Whatever many tasks do on a session at once, each gets the answer to its own statement, and rows stand once")
    func simulation() async throws {
        var generator = SeededGenerator()
        print("sessions are simulated with TEST_SEED=\(generator.seed)")
        let deadline = ContinuousClock.now + .seconds(Self.seconds)
        var rounds = 0
        while rounds < 3 || .now < deadline {
            rounds += 1
            let deeds = (0..<150).map { _ in Deed.allCases.randomElement(using: &generator) ?? .echo }
            let isOwn = deeds.map { _ in Bool.random(using: &generator) }
            let pauses = deeds.map { _ in Int.random(in: 0..<30, using: &generator) }
            let options = SessionOptions(
                preparation: Bool.random(using: &generator) ? .unnamed : .named(atMost: 4),
                inFlightMax: Int.random(in: 1..<64, using: &generator))
            let note = generator.note
            try await withSession(options) { session, loop in
                try await session.execute("CREATE TABLE booking (id int8 PRIMARY KEY); INSERT INTO booking VALUES (-1)")
                let fates = try await withThrowingTaskGroup(of: (Int, Fate).self) { group in
                    for (number, deed) in deeds.enumerated() {
                        group.addTask(executorPreference: loop) {
                            for _ in 0..<pauses[number] { await Task.yield() }
                            let fate: StatementFate = isOwn[number] ? .own : .shared
                            return (number, try await Self.perform(deed, number, fate, session, loop))
                        }
                    }
                    return try await group.reduce(into: [Int: Fate]()) { $0[$1.0] = $1.1 }
                }
                let rows = try await session.query("SELECT id FROM booking WHERE id >= 0")
                let stored = Set(try rows.map { try $0[0, as: Int.self] })
                for (number, fate) in fates {
                    switch fate {
                    case .written: #expect(stored.contains(number), "\(deeds[number]) \(note)")
                    case .absent: #expect(!stored.contains(number), "\(deeds[number]) \(note)")
                    case .unknown: break
                    }
                }
                #expect(session.isOpen && session.isIdle, note)
            }
        }
    }

    private static func perform(
        _ deed: Deed, _ number: Int, _ fate: StatementFate, _ session: PostgresSession, _ loop: EventLoop
    ) async throws -> Fate {
        let insert = "INSERT INTO booking VALUES ($1)"
        switch deed {
        case .insert:
            try await session.query(insert, number, fate: fate)
            return .written
        case .repeatInsert:
            let error = await #expect(throws: PostgresError.self) { try await session.query(insert, -1, fate: fate) }
            #expect(error?.sqlState == .uniqueViolation)
            return .absent
        case .divide:
            let error = await #expect(throws: PostgresError.self) {
                try await session.query("SELECT $1 / 0", number, fate: fate)
            }
            #expect(error?.sqlState == .divisionByZero, "\(error?.debugDescription ?? "")")
            return .absent
        case .echo:
            #expect(try await session.query("SELECT $1::int8", number, fate: fate).only[0, as: Int.self] == number)
            return .absent
        case .cancelledInsert:
            let work = Task(executorPreference: loop) { try await session.query(insert, number, fate: fate) }
            for _ in 0..<number % 7 { await Task.yield() }
            work.cancel()
            switch await work.result {
            case .success: return .written
            case .failure(let error):
                #expect(error is CancellationError)
                return .unknown
            }
        case .overdue:
            let error = await #expect(throws: PostgresError.self) {
                try await session.query("SELECT pg_sleep(3600)", fate: fate, within: .milliseconds(1))
            }
            #expect(error?.kind == .overdue)
            return .absent
        case .script:
            try await session.execute("SELECT 1; INSERT INTO booking VALUES (\(number))")
            return .written
        case .stream:
            let count = try await session.stream("SELECT generate_series(1, $1)", number) { rows in
                try await rows.reduce(0) { count, _ in count + 1 }
            }
            #expect(count == number)
            return .absent
        case .copy:
            let count = try await session.copyRows(into: ["booking"], columns: ["id"]) { try await $0.write(number) }
            #expect(count == 1)
            return .written
        }
    }
}
