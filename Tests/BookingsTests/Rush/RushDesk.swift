import Basics
import Bookings
import Loop
import Postgres
import Store

/// What customers at the desk came to.
struct RushDesk: Sendable {
    /// What was acknowledged and not called off, as it was acknowledged last.
    var acknowledged: [PostgresUUID: BookingDetails] = [:]
    /// How many were done: booked, held, confirmed, moved, cancelled.
    var done = 0
    /// How many were told that the time is taken.
    var taken = 0
    /// What should not have come.
    var unexpected: [String] = []

    /// One attempt of a customer.
    mutating func attempt(_ salon: BookingScene, _ random: inout SeededRandom) async throws {
        let start = salon.at(24 * Int.random(in: 0..<4, using: &random), 15 * Int.random(in: 0..<96, using: &random))
        let mine = acknowledged.keys.sorted().randomElement(using: &random)
        let outcome: BookingOutcome
        switch (Int.random(in: 0..<10, using: &random), mine) {
        case (8..., let mine?): outcome = try await salon.desk.cancel(mine, in: salon.scope).value
        case (6..<8, let mine?):
            outcome = try await salon.desk.reschedule(mine, to: .moment(start), in: salon.scope).value
        case (5, let mine?) where acknowledged[mine]?.status == .held:
            outcome = try await salon.desk.confirm(mine, in: salon.scope).value
        default:
            var request = BookingRequest(service: salon.cut, start: .moment(start), customer: .passer(name: nil))
            if Bool.random(using: &random) { request.resource = salon.chairs.randomElement(using: &random) }
            let hold: Duration? = Bool.random(using: &random) ? .seconds(3600) : nil
            outcome = try await salon.desk.book(request, hold: hold, in: salon.scope).value
        }
        note(outcome)
    }

    private mutating func note(_ outcome: BookingOutcome) {
        switch outcome {
        case .done(let booking):
            done += 1
            acknowledged[booking.id] = booking.status == .cancelled ? nil : booking
        case .taken: taken += 1
        default: unexpected.append("\(outcome)")
        }
    }

    var all: Int { done + taken + unexpected.count }

    /// Both together.
    static func += (sum: inout RushDesk, other: RushDesk) {
        sum.acknowledged.merge(other.acknowledged) { $1 }
        sum.done += other.done
        sum.taken += other.taken
        sum.unexpected += other.unexpected
    }
}

extension BookingScene {
    /// So many attempts of several customers at once, through the desk, on four days.
    func rushAtDesk(
        attempts: Int, customers: Int, seed: UInt64
    ) async throws -> RushDesk {
        var random = SeededRandom(seed: seed)
        let seeds = (0..<customers).map { _ in random.next() }
        return try await withThrowingTaskGroup(of: RushDesk.self) { group in
            for (number, seed) in seeds.enumerated() {
                let share = attempts / customers + (number < attempts % customers ? 1 : 0)
                group.addTask(executorPreference: loop) {
                    var random = SeededRandom(seed: seed)
                    var outcome = RushDesk()
                    for _ in 0..<share { try await outcome.attempt(self, &random) }
                    return outcome
                }
            }
            return try await group.reduce(into: RushDesk()) { $0 += $1 }
        }
    }
}
