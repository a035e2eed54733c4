import Basics
import Postgres
import PostgresTestSupport
import Testing

@testable import Store

@Suite("What is tried again") struct RetryPolicyTests {
    private static func pause(after error: any Error, _ repetition: Repetition, attempt: Int = 1) -> Duration? {
        var random = SeededRandom(seed: 1)
        return RetryPolicy().pause(after: error, attempt: attempt, repetition, random: &random)
    }

    /// Real errors of a real server.
    private static func errors() async throws -> [String: PostgresError] {
        try await withSession { session, loop in
            var errors: [String: PostgresError] = [:]
            func note(_ name: String, _ body: () async throws -> Void) async {
                do { try await body() } catch { errors[name] = error as? PostgresError }
            }
            await note("conflict") {
                try await session.query(
                    "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'serialization_failure'; END $$")
            }
            await note("deadlock") {
                try await session.query("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'deadlock_detected'; END $$")
            }
            await note("division") { try await session.query("SELECT 1 / 0") }
            await note("overdue") { try await session.query("SELECT pg_sleep(60)", within: .milliseconds(1)) }
            let other = try await PostgresSession.connect(session.options, on: loop)
            try await session.query("SELECT pg_terminate_backend($1)", other.backendProcess)
            await note("lost") { try await other.query("SELECT 1") }
            var nowhere = session.options
            nowhere.host = "/nonexistent"
            await note("unreachable") { _ = try await PostgresSession.connect(nowhere, on: loop) }
            return errors
        }
    }

    @Test("It depends on what the failed attempt may have done")
    func table() async throws {
        let errors = try await Self.errors()
        let expected: [(String, [Repetition])] = [
            ("conflict", [.always, .ofTransaction, .ofStatement]),
            ("deadlock", [.always, .ofTransaction, .ofStatement]),
            ("unreachable", [.always, .ofTransaction, .ofStatement]), ("lost", [.always, .ofTransaction]),
            ("division", []), ("overdue", []),
        ]
        for (name, again) in expected {
            let error = try #require(errors[name], "\(name)")
            for repetition in [Repetition.always, .ofTransaction, .ofStatement, .never] {
                let isAgain = Self.pause(after: error, repetition) != nil
                #expect(isAgain == again.contains(repetition), "\(name), \(repetition)")
            }
            #expect(Self.pause(after: error, .always, attempt: 3) == nil)
        }
        #expect(Self.pause(after: CancellationError(), .always) == nil)
    }

    @Test("Pauses grow, and are shortened by chance but never to nothing")
    func pauses() async throws {
        let error = try #require(try await Self.errors()["conflict"])
        var policy = RetryPolicy()
        policy.attempts = 8
        var random = SeededRandom(seed: 7)
        for attempt in 1..<8 {
            let longest = Duration.milliseconds(10 << (attempt - 1))
            let pause = try #require(policy.pause(after: error, attempt: attempt, .always, random: &random))
            #expect(pause >= longest / 2 && pause <= longest)
        }
    }

    @Test("A budget lets a tenth of the calls be repeated, and no more when everything fails")
    func budget() {
        var budget = RetryBudget()
        var repeated = 0
        for _ in 0..<1000 {
            budget.earn()
            if budget.spend() { repeated += 1 }
        }
        #expect((109...110).contains(repeated))
    }
}
