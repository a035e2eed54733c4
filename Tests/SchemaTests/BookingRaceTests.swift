import Loop
import Postgres
import StoreTestSupport
import Testing

@Suite("Many want the same slot") struct BookingRaceTests {
    @Test(
        "Ten thousand attempts on one slot from many sessions make one booking, and the others learn why they did not")
    func crowd() async throws {
        try await withTwoSalons { salons in
            let outcome = try await salons.rush(attempts: 10_000, sessions: 16)
            #expect(outcome == Rush(booked: 1, refused: 9_999, claims: 1))
        }
    }

    @Test("Without the constraint, and without the order that its transaction keeps, the same rush books twice")
    func control() async throws {
        try await withTwoSalons { salons in
            try await salons.session.query("ALTER TABLE booking_claims DROP CONSTRAINT booking_claims_no_overlap")
            let outcome = try await salons.rush(attempts: 64, sessions: 16)
            #expect(outcome.claims > 1)
        }
    }
}

/// What came of many attempts.
struct Rush: Equatable, Sendable {
    var booked = 0
    var refused = 0
    var claims: Int64 = 0
}

extension TwoSalons {
    /// Attempts to book the first salon's room at one time, with the transaction that docs/schema.md recommends.
    func rush(attempts: Int, sessions: Int) async throws -> Rush {
        let loop = loop
        let options = database.service
        let share = attempts / sessions
        var outcome = try await withThrowingTaskGroup(of: Rush.self) { group in
            for number in 0..<sessions {
                group.addTask(executorPreference: loop) {
                    let session = try await PostgresSession.connect(options, on: loop)
                    defer { session.close() }
                    var rush = Rush()
                    for attempt in 0..<share {
                        if try await session.attempt(number * share + attempt) {
                            rush.booked += 1
                        } else {
                            rush.refused += 1
                        }
                    }
                    return rush
                }
            }
            return try await group.reduce(into: Rush()) {
                $0.booked += $1.booked
                $0.refused += $1.refused
            }
        }
        outcome.claims = try await session.number(
            "SELECT count(*) FROM booking_claims WHERE resource_id = '\(Self.key(Self.ada, Self.room))'")
        return outcome
    }
}

extension PostgresSession {
    /// One attempt at the slot; false when it is taken.
    fileprivate func attempt(_ number: Int) async throws -> Bool {
        do {
            try await bookAsRecommended(
                code: String(number + 100_000), "2030-02-01T10:00:00Z", "2030-02-01T10:30:00Z", [TwoSalons.room])
            return true
        } catch let error as PostgresError where error.sqlState == .exclusionViolation {
            return false
        }
    }
}
