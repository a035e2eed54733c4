package import Basics
package import Postgres
package import Store
import Zones

/// The line of those who would come sooner: a thin shell around `WaitingMatch`.
///
/// Who is first in the line and has use for what became free gets it held for a while, and is told. When the hold is
/// over, or he declines, the message about that brings the next one his offer. Every step can be repeated: what is
/// offered is taken, and who is offered something does not wait.
package struct WaitingLine: Sendable {
    private let desk: BookingDesk
    private let offerLasts: Duration

    /// The line of a desk, whose offers last so long.
    package init(_ desk: BookingDesk, offersLast offerLasts: Duration = .seconds(1800)) {
        self.desk = desk
        self.offerLasts = offerLasts
    }

    /// When and for what somebody would come.
    package struct Wish: Hashable, Sendable {
        /// What for.
        package var service: PostgresUUID
        /// Whom or what it has to be.
        package var resource: PostgresUUID?
        /// The days.
        package var days: ClosedRange<CivilDate>
        /// From which time of the day on.
        package var earliest = Duration.zero
        /// Until which time a visit may begin.
        package var latest = Duration.seconds(86_400)

        /// A wish for some days, at any time.
        package init(service: PostgresUUID, days: ClosedRange<CivilDate>) {
            self.service = service
            self.days = days
        }
    }

    /// Puts a customer at the end of the line. Days and times that no calendar and no clock has are an error.
    package func enter(
        _ customer: PostgresUUID, _ wish: Wish, in scope: SalonScope
    ) async throws -> WaitingEntry? {
        let values = try wish.values(of: customer)
        return try await desk.store.write(WaitingStatements.enter, values, in: scope).value.first
    }

    /// The same in a transaction of the salon.
    package static func enter(
        _ customer: PostgresUUID, _ wish: Wish, in transaction: StoreTransaction
    ) async throws -> WaitingEntry? {
        try await transaction.run(WaitingStatements.enter, try wish.values(of: customer)).first
    }

    /// Lets somebody wait no more; what is held for him is given back. False when he did not wait.
    @discardableResult
    package func withdraw(_ entry: PostgresUUID, in scope: SalonScope) async throws -> Bool {
        let known = try await desk.store.read(WaitingStatements.byKey, entry, in: scope, .deciding).first
        guard let known, known.status == .waiting || known.status == .offered else { return false }
        let written = try await desk.store.write(WaitingStatements.withdraw, entry, in: scope)
        if known.status == .offered, let booking = known.booking,
            let held = try await desk.booking(booking, in: scope, .deciding), held.status == .held
        {
            _ = try await desk.cancel(booking, expecting: held.version, in: scope)
        }
        return written.affected == 1
    }

    /// Those of a status in their order, behind one of them.
    package func entries(
        _ status: WaitingStatus, behind entry: PostgresUUID? = nil, atMost most: Int = 50, in scope: SalonScope
    ) async throws -> [WaitingEntry] {
        let behind = entry ?? PostgresUUID(high: 0, low: 0)
        return try await desk.store.read(WaitingStatements.ofStatus, (status, behind, most), in: scope, .deciding)
    }

    /// Does what a change of a booking asks for, and says what was offered. It may be done again.
    @discardableResult
    package func handle(_ change: BookingChange, in scope: SalonScope) async throws -> [WaitingMatch.Offer] {
        try await desk.store.write(WaitingStatements.settle, (), in: scope)
        guard change.frees else { return [] }
        let freed =
            change.what == "moved"
            ? change.freed
            : try await desk.store.read(WaitingStatements.freed, change.booking, in: scope, .deciding)
        guard let from = freed.map(\.span.lowerBound).min(), let until = freed.map(\.span.upperBound).max() else {
            return []
        }
        var offers: [WaitingMatch.Offer] = []
        // A long time that became free may be enough for several.
        for _ in 0..<20 {
            let line = try await desk.store.read(
                WaitingStatements.line, (freed.compactMap(\.resource), from, until), in: scope, .deciding)
            guard let offer = try await match(line, from..<until, in: scope) else { break }
            if try await make(offer, in: scope) { offers.append(offer.offer) }
        }
        return offers
    }

    private struct PlannedOffer {
        let offer: WaitingMatch.Offer
        let plan: BookingPlanner.Plan
    }

    /// Whom to offer what, with the plans that this needs.
    private func match(
        _ line: [WaitingEntry], _ freed: Range<Timestamp>, in scope: SalonScope
    ) async throws -> PlannedOffer? {
        struct Kind: Hashable {
            let service: PostgresUUID
            let resource: PostgresUUID?
        }
        var plans: [Kind: BookingPlanner.Plan] = [:]
        var slots: [Kind: [FreeSlot]] = [:]
        for kind in Set(line.map { Kind(service: $0.service, resource: $0.resource) }) {
            guard let (service, zone) = try await desk.planner.service(kind.service, in: scope) else { continue }
            let first = Timestamp(microseconds: freed.lowerBound.microseconds - service.duration.microseconds)
            let plan = try await desk.planner.plan(
                kind.service, service, zone, kind.resource, beginningIn: first..<freed.upperBound, in: scope)
            plans[kind] = plan
            slots[kind] = SlotSearch(plan.question, beginningIn: first..<freed.upperBound).slots(atMost: 1000)
        }
        let offer = WaitingMatch.offer(line, freed: freed) { entry in
            slots[Kind(service: entry.service, resource: entry.resource)] ?? []
        }
        guard let offer, let plan = plans[Kind(service: offer.entry.service, resource: offer.entry.resource)] else {
            return nil
        }
        return PlannedOffer(offer: offer, plan: plan)
    }

    /// Holds the slot and notes it in one transaction; false when somebody was faster with either.
    private func make(_ planned: PlannedOffer, in scope: SalonScope) async throws -> Bool {
        let (slot, entry) = (planned.offer.slot, planned.offer.entry)
        guard let draft = try await desk.draft(planned.plan, slot, entry.service, .key(entry.customer), in: scope)
        else {
            return false
        }
        let hold = min(offerLasts, slot.start - planned.plan.question.now)
        let writing = BookingWriting(
            draft: draft, hold: PostgresInterval(hold), notes: nil, source: "waiting_list", key: nil, hash: [],
            codes: desk.codes)
        do {
            _ = try await desk.store.transaction(in: scope, repeatable: true) { transaction in
                let booking = try await writing.run(transaction)
                guard try await !transaction.run(WaitingStatements.offer, (entry.id, booking.id)).isEmpty else {
                    throw ResourceGone()
                }
            }
            return true
        } catch let error as PostgresError where error.isLostRace {
            return false
        } catch is ResourceGone {
            return false
        }
    }
}

extension WaitingLine.Wish {
    // The tuple is what the statement takes.
    // swift-format-ignore
    fileprivate func values(of customer: PostgresUUID) throws -> (
        PostgresUUID, PostgresUUID, PostgresUUID?, PostgresDate, PostgresDate, PostgresTime, PostgresTime
    ) {
        guard let first = PostgresDate(days.lowerBound), let last = PostgresDate(days.upperBound),
            let earliest = PostgresTime(microseconds: earliest.microseconds),
            let latest = PostgresTime(microseconds: latest.microseconds), earliest <= latest
        else {
            throw ParlorError(
                .malformed, "nobody can wait for such a time",
                hint: "Give days of a calendar, and times of a day in order.")
        }
        return (customer, service, resource, first, last, earliest, latest)
    }
}
