import Basics
import Loop
import Postgres
import Store
import Zones

/// Reads what decides which slots are free, and asks the search.
struct BookingPlanner: Sendable {
    let store: Store
    let zones: ZoneDatabase
    let loop: EventLoop

    /// A service with everything that decides when it can begin in a time.
    struct Plan {
        let service: BookableService
        var question: SlotQuestion

        /// What a service that begins then takes, buffers included.
        func occupied(by slot: FreeSlot) -> Range<Timestamp> {
            Timestamp(
                microseconds: slot.start.microseconds - service.bufferBefore.microseconds)..<(slot.end
                + service.bufferAfter)
        }
    }

    /// A service as it is now; nil when it cannot be booked.
    func service(_ id: PostgresUUID, in scope: SalonScope) async throws -> (BookableService, TimeZone)? {
        guard let service = try await store.read(SlotStatements.service, id, in: scope, .deciding).first else {
            return nil
        }
        return (service, try await zone(service.zone))
    }

    /// The zone of a name; its file is read beside the loop.
    func zone(_ name: String) async throws -> TimeZone {
        if let zone = zones.known(name) { return zone }
        let zones = zones
        return try await loop.blocking { try zones.zone(name) }
    }

    /// What decides when a service can begin in a time, but for one booking that is to be put elsewhere.
    func plan(
        _ id: PostgresUUID, _ service: BookableService, _ zone: TimeZone, _ resource: PostgresUUID?,
        beginningIn range: Range<Timestamp>, butFor booking: PostgresUUID? = nil, in scope: SalonScope
    ) async throws -> Plan {
        // A day further on both sides, for buffers, for what lasts and for what a day has taken.
        let day = Duration.seconds(2 * 86_400)
        let (from, until) = (
            Timestamp(microseconds: range.lowerBound.microseconds - day.microseconds), range.upperBound + day
        )
        async let resources = store.read(SlotStatements.resources, id, in: scope, .deciding)
        async let hours = store.read(SlotStatements.hours, id, in: scope, .deciding)
        async let closures = store.read(SlotStatements.closures, (id, from, until), in: scope, .deciding)
        async let taken = store.read(SlotStatements.taken, (id, from, until, booking), in: scope, .deciding)
        var question = SlotQuestion(
            zone: zone, duration: service.duration, resources: try await resources, hours: try await hours,
            now: service.now)
        question.rules = try SlotRules(settings: service.settings)
        question.bufferBefore = service.bufferBefore
        question.bufferAfter = service.bufferAfter
        question.closures = try await closures
        question.taken = try await taken
        question.preferred = resource
        return Plan(service: service, question: question)
    }

    /// The first free slots of a service behind a moment; nil when it cannot be booked.
    func slots(
        _ id: PostgresUUID, resource: PostgresUUID?, from: Timestamp?, until: Timestamp?, atMost most: Int,
        in scope: SalonScope
    ) async throws -> [FreeSlot]? {
        guard let (service, zone) = try await service(id, in: scope) else { return nil }
        let horizon = service.now + (try SlotRules(settings: service.settings)).horizon
        let end = min(until ?? horizon, horizon)
        var found: [FreeSlot] = []
        var start = max(from ?? service.now, service.now)
        // A fortnight at a time: most who ask are answered by the first.
        while start < end, found.count < most {
            let stretch = start..<min(end, start + .seconds(14 * 86_400))
            let plan = try await plan(id, service, zone, resource, beginningIn: stretch, in: scope)
            found += SlotSearch(plan.question, beginningIn: stretch).slots(atMost: most - found.count)
            start = stretch.upperBound
        }
        return found
    }
}
