import Basics
import Glibc
import Loop
import Postgres
import Store
import Synchronization
import TestSupport
import Testing

@testable import Bookings

/// Many sessions attempt to book a few resources. `PARLOR_BOOKING_ATTEMPTS=10000000` makes it long.
@Suite("A rush of bookings") struct BookingRushTests {
    private static let attempts = getenv("PARLOR_BOOKING_ATTEMPTS").flatMap { Int(String(cString: $0)) } ?? 10_000

    @Test("Of many attempts none overlaps another, and none that was acknowledged is lost")
    func rush() async throws {
        try await withBookings(transactions: 12) { salon in
            let generator = SeededGenerator()
            let outcome = try await salon.rush(attempts: Self.attempts, sessions: 12, generator)
            #expect(try await salon.overlaps() == 0, generator.note)
            #expect(outcome.unexpected == [], generator.note)
            #expect(outcome.refused > 0 && outcome.booked.count + outcome.refused == Self.attempts, generator.note)
            #expect(try await salon.lost(of: outcome.booked) == 0, generator.note)
        }
    }

    @Test("Without the constraint the same rush books twice, and that is seen")
    func control() async throws {
        try await withBookings(transactions: 8) { salon in
            try await salon.superuser.execute("ALTER TABLE booking_claims DROP CONSTRAINT booking_claims_no_overlap")
            let outcome = try await salon.rush(attempts: 500, sessions: 8, SeededGenerator())
            #expect(try await salon.overlaps() > 0)
            #expect(outcome.booked.count == 500)
        }
    }
}

/// What came of many attempts.
private struct RushOutcome: Sendable {
    /// What was acknowledged.
    var booked: Set<String> = []
    var refused = 0
    var unexpected: [String] = []
}

extension BookingScene {
    /// So many attempts at random times, on one to three of eight resources, with random buffers.
    fileprivate func rush(
        attempts: Int, sessions: Int, _ generator: SeededGenerator
    ) async throws -> RushOutcome {
        // Time enough for a few of them: most meet somebody.
        let minutes = max(600, attempts)
        let resources = try await superuser.query(
            "INSERT INTO resources (salon_id, kind, name) SELECT $1, 'CHAIR', n::text FROM generate_series(1, 8) AS n RETURNING id",
            scope.salon.value
        ).map { try $0[0, as: PostgresUUID.self] }
        return try await withThrowingTaskGroup(of: RushOutcome.self) { group in
            for number in 0..<sessions {
                let share = attempts / sessions + (number < attempts % sessions ? 1 : 0)
                let seed = generator.seed &+ UInt64(number)
                group.addTask(executorPreference: loop) {
                    var random = SeededRandom(seed: seed)
                    var outcome = RushOutcome()
                    for _ in 0..<share {
                        let start = at(0) + .seconds(300 * Int.random(in: 0..<minutes / 5, using: &random))
                        let wanted = resources.shuffled(using: &random).prefix(.random(in: 1...3, using: &random))
                        await attempt(start, Array(wanted), &random, &outcome)
                    }
                    return outcome
                }
            }
            return try await group.reduce(into: RushOutcome()) {
                $0.booked.formUnion($1.booked)
                $0.refused += $1.refused
                $0.unexpected += $1.unexpected
            }
        }
    }

    private func attempt(
        _ start: Timestamp, _ resources: [PostgresUUID], _ random: inout SeededRandom, _ outcome: inout RushOutcome
    ) async {
        let length = Duration.seconds(300 * Int.random(in: 1...24, using: &random))
        let buffers = (0..<2).map { _ in Duration.seconds(300 * Int.random(in: 0...3, using: &random)) }
        let slot = FreeSlot(
            start: start, end: start + length, localStart: WallTime(microseconds: start.microseconds),
            resources: resources)
        let before = Timestamp(microseconds: start.microseconds - buffers[0].microseconds)
        let writing = BookingWriting(
            draft: BookingDraft(
                slot: slot, occupied: before..<(slot.end + buffers[1]), service: cut, name: "Cut", zone: "UTC",
                customer: .init()),
            hold: Bool.random(using: &random) ? PostgresInterval(.seconds(3600)) : nil, notes: nil, source: "test",
            key: nil, hash: [], codes: BookingCodes())
        do {
            let booking = try await store.transaction(in: scope, repeatable: true) { try await writing.run($0) }.value
            outcome.booked.insert(booking.code)
        } catch let error as PostgresError where error.sqlState == .exclusionViolation {
            outcome.refused += 1
        } catch {
            outcome.unexpected.append("\(error)")
        }
    }

    /// How many of some codes the database does not have.
    fileprivate func lost(of codes: Set<String>) async throws -> Int {
        try await superuser.query(
            "SELECT count(*) FROM unnest($1) AS code WHERE code NOT IN (SELECT booking_code FROM bookings)",
            Array(codes)
        ).only[0]
    }
}
