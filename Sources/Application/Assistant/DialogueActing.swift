import Basics
import Bookings
import Postgres
import Store

/// Does at the desk what a responder wants, so that doing it again is as doing it once.
struct DialogueActing: Sendable {
    let desk: BookingDesk
    let customer: BookingRequest.Customer
    let message: PostgresUUID
    let scope: SalonScope

    func perform(_ effect: DialogueEffect) async throws -> DialogueOutcome {
        switch effect {
        case .hold(let service, let start):
            var request = BookingRequest(service: service, start: .moment(start), customer: customer)
            request.key = "chat:\(message)"
            request.source = "chat"
            return Self.outcome(try await desk.book(request, hold: ConversationTurn.holdLasts, in: scope).value)
        case .confirm(let booking):
            let outcome = try await desk.confirm(booking.id, in: scope).value
            guard outcome == .refused(.step(.confirmedAlready)) else { return Self.outcome(outcome) }
            // Done before, perhaps by a turn that broke off.
            return try await desk.booking(booking.id, in: scope, .deciding).map { .done(DialogueBooking($0)) }
                ?? .refused
        case .release(let booking), .cancel(let booking):
            let outcome = try await desk.cancel(booking.id, in: scope).value
            return outcome == .refused(.step(.over(.cancelled))) ? .done(booking) : Self.outcome(outcome)
        case .move(let booking, let start):
            // It is there already: a turn that broke off moved it, and may not know the booking as it was before.
            let now = try await desk.booking(booking.id, in: scope, .deciding)
            if let now, now.status == .confirmed, now.start == start { return .done(DialogueBooking(now)) }
            return Self.outcome(
                try await desk.reschedule(booking.id, to: .moment(start), expecting: booking.version, in: scope).value)
        }
    }

    private static func outcome(_ outcome: BookingOutcome) -> DialogueOutcome {
        switch outcome {
        case .done(let details): .done(DialogueBooking(details))
        case .taken(let next): .taken(next: next.map(DialogueSlot.init))
        case .refused(.step(.holdExpired)): .expired
        case .refused, .changedMeanwhile, .missing: .refused
        }
    }
}
