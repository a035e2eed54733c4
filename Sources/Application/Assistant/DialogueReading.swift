import Basics
import Bookings
import Messaging
import Postgres
import Store
import Zones

/// Reads what a responder has to know.
struct DialogueReading: Sendable {
    /// No service begins more often within what is asked for.
    private static let slotsMax = 2000

    let facts: DialogueFacts
    let customer: BookingRequest.Customer
    private let desk: BookingDesk
    private let scope: SalonScope

    init(_ sight: DialogueSight, _ turn: ConversationTurn, in scope: SalonScope) async throws {
        desk = turn.desk
        self.scope = scope
        let customer: BookingRequest.Customer =
            if let key = sight.customer {
                .key(key)
            } else if let phone = sight.phone {
                .phone(phone, name: sight.customerName)
            } else {
                .passer(name: sight.customerName)
            }
        self.customer = customer
        async let services = turn.store.read(DialogueStatements.services, (), in: scope, .deciding)
        async let hours = turn.store.read(DialogueStatements.hours, (), in: scope, .deciding)
        async let bookings = turn.desk.upcoming(of: customer, in: scope, .deciding)
        var facts = DialogueFacts(
            salon: sight.salon, language: Language(tag: sight.language) ?? .english,
            zone: try await turn.zone(sight.zone),
            now: sight.now, services: try await services)
        facts.customerLanguage = sight.customerLanguage.flatMap { Language(tag: $0) }
        facts.hours = try await hours
        facts.bookings = try await bookings.filter { $0.status == .confirmed }.map(DialogueBooking.init)
        self.facts = facts
    }

    /// The free times of some days.
    func slots(_ wanted: SlotsWanted) async throws -> [DialogueSlot] {
        let from = facts.zone.moment(of: WallTime(wanted.from)).orNext
        let until = facts.zone.moment(of: WallTime(wanted.from + wanted.days)).orNext
        let free = try await desk.freeSlots(
            of: wanted.service, from: from, until: until, atMost: Self.slotsMax, in: scope)
        return (free ?? []).map(DialogueSlot.init)
    }
}

extension DialogueSlot {
    init(_ slot: FreeSlot) { self.init(start: slot.start, local: slot.localStart) }
}

extension DialogueBooking {
    init(_ booking: BookingDetails) {
        self.init(
            id: booking.id, code: booking.code, service: booking.serviceID, name: booking.service,
            start: booking.start, local: booking.localStart, version: booking.version)
    }
}
