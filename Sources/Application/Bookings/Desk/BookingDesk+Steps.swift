import Basics
import JSONText
package import Postgres
package import Store
import Zones

extension BookingDesk {
    /// Takes what was held.
    package func confirm(
        _ booking: PostgresUUID, expecting version: Int32? = nil, in scope: SalonScope
    ) async throws -> Written<BookingOutcome> {
        try await step(.confirm, booking, version, in: scope)
    }

    /// Calls a booking off, held or confirmed.
    package func cancel(
        _ booking: PostgresUUID, expecting version: Int32? = nil, in scope: SalonScope
    ) async throws -> Written<BookingOutcome> {
        try await step(.cancel, booking, version, in: scope)
    }

    /// Says that a booking took place.
    package func complete(
        _ booking: PostgresUUID, expecting version: Int32? = nil, in scope: SalonScope
    ) async throws -> Written<BookingOutcome> {
        try await step(.complete, booking, version, in: scope)
    }

    /// Says that the customer did not come.
    package func miss(
        _ booking: PostgresUUID, expecting version: Int32? = nil, in scope: SalonScope
    ) async throws -> Written<BookingOutcome> {
        try await step(.miss, booking, version, in: scope)
    }

    /// Ends holds that are over, at most so many, and says which. Nobody has to: who needs their time ends them too.
    package func expireHolds(atMost most: Int = 100, in scope: SalonScope) async throws -> [PostgresUUID] {
        try await store.write(BookingDeskStatements.expire, most, in: scope).value
    }

    private func step(
        _ step: BookingStep, _ booking: PostgresUUID, _ version: Int32?, in scope: SalonScope
    ) async throws -> Written<BookingOutcome> {
        // Twice is as once only for who says which version he means; so it is repeated before the commit and not after.
        let written = try await store.transaction(in: scope, repeatable: true) { transaction in
            guard let now = try await transaction.run(BookingDetailStatements.locked, booking).first else {
                return BookingOutcome.missing
            }
            if let version, version != now.version { return try await Self.changed(booking, transaction) }
            let next = BookingLifecycle.status(
                after: step, now.status, start: now.start, holdExpires: now.holdExpires, now: now.now)
            switch next {
            case .failure(let refusal): return .refused(.step(refusal))
            case .success(let status):
                async let changed: [Void] = transaction.run(
                    BookingDeskStatements.changeStatus, (booking, status, step.rawValue))
                async let details = transaction.run(BookingDetailStatements.byKeys, [booking])
                _ = try await changed
                return try await details.first.map(BookingOutcome.done) ?? .missing
            }
        }
        return written
    }

    private static func changed(
        _ booking: PostgresUUID, _ transaction: StoreTransaction
    ) async throws -> BookingOutcome {
        let details = try await transaction.run(BookingDetailStatements.byKeys, [booking]).first
        return details.map(BookingOutcome.changedMeanwhile) ?? .missing
    }

    /// Puts a booking on another time, and on another resource where one is named. What it was is kept when that time is
    /// taken.
    package func reschedule(
        _ booking: PostgresUUID, to start: BookingRequest.Start, resource: PostgresUUID? = nil, anyTime: Bool = false,
        expecting version: Int32? = nil, in scope: SalonScope
    ) async throws -> Written<BookingOutcome> {
        for _ in 0..<4 {
            let known = try await store.read(BookingDetailStatements.byKeys, [booking], in: scope, .deciding).first
            guard let known else { return Written(.missing) }
            guard let id = known.serviceID, let (service, zone) = try await planner.service(id, in: scope) else {
                return Written(.refused(.noService))
            }
            let moment: Timestamp
            switch start {
            case .moment(let asked): moment = asked
            case .wallTime(let reading):
                let found = zone.moment(of: reading)
                if case .gap(let gap) = found { return Written(.refused(.gap(gap))) }
                moment = found.orNext
            }
            let range = moment..<(moment + .microseconds(1))
            let plan = try await planner.plan(
                id, service, zone, resource, beginningIn: range, butFor: booking, in: scope)
            switch SlotSearch(plan.question, beginningIn: range).slot(at: moment, anyTime: anyTime) {
            case .failure(.taken): return Written(.taken(next: try await next(id, resource, moment, in: scope)))
            case .failure(let refusal): return Written(.refused(.slot(refusal)))
            case .success(let slot):
                let moving = BookingMoving(
                    booking: booking, version: version, slot: slot, occupied: plan.occupied(by: slot), zone: zone.name)
                if let written = try await attempt(moving, in: scope) { return written }
            }
        }
        return Written(.taken(next: []))
    }

    private func attempt(_ moving: BookingMoving, in scope: SalonScope) async throws -> Written<BookingOutcome>? {
        do {
            return try await store.transaction(in: scope, repeatable: true) { try await moving.run($0) }
        } catch let error as PostgresError where error.isLostRace {
            return nil
        } catch is ResourceGone {
            return nil
        }
    }
}

/// The transaction that puts a booking elsewhere. Resources are locked first, as those who book do, and then the booking.
private struct BookingMoving: Sendable {
    let booking: PostgresUUID
    let version: Int32?
    let slot: FreeSlot
    let occupied: Range<Timestamp>
    let zone: String

    func run(_ transaction: StoreTransaction) async throws -> BookingOutcome {
        async let locked = transaction.run(BookingDeskStatements.lockResources, slot.resources)
        async let released: [Void] = transaction.run(
            BookingDeskStatements.releaseExpired, (slot.resources, occupied.lowerBound, occupied.upperBound))
        async let found = transaction.run(BookingDetailStatements.locked, booking)
        guard try await locked.count == slot.resources.count else { throw ResourceGone() }
        _ = try await released
        guard let now = try await found.first else { return .missing }
        if let version, version != now.version {
            let details = try await transaction.run(BookingDetailStatements.byKeys, [booking]).first
            return details.map(BookingOutcome.changedMeanwhile) ?? .missing
        }
        let next = BookingLifecycle.status(
            after: .reschedule, now.status, start: now.start, holdExpires: now.holdExpires, now: now.now)
        if case .failure(let refusal) = next { return .refused(.step(refusal)) }
        let freed = try await transaction.run(BookingDeskStatements.removeClaims, booking)
        async let moved: [Void] = transaction.run(
            BookingDeskStatements.move,
            (
                booking, slot.start, slot.end, slot.localStart, zone, occupied.lowerBound, occupied.upperBound,
                slot.resources, FreedTime.json(freed)
            ))
        async let details = transaction.run(BookingDetailStatements.byKeys, [booking])
        _ = try await moved
        return try await details.first.map(BookingOutcome.done) ?? .missing
    }
}
