package import Basics
package import Loop
package import Postgres
package import Store
package import Zones

/// Books, holds, confirms, moves and ends bookings of a salon: a thin shell around `SlotSearch` and `BookingLifecycle`.
///
/// Invariants:
/// - The database refuses two bookings of a resource at a time, whatever was planned here. Who loses is told the next
///   free slots.
/// - A hold ends by the database's clock, which also says what is too soon. The clock of this machine is never asked.
/// - Each change tells the outbox in its own transaction: `booking.changed` with the booking, its version and what
///   happened.
/// - A request with a key is done once, however often it is said, until its booking is deleted for good.
///
/// On failure: a transaction that was rolled back because of others, or whose connection broke before the commit, is
/// repeated. When the answer to the commit is lost, a request with a key is looked up; without one the error comes out,
/// and saying it again may book twice as far as there is room.
package struct BookingDesk: Sendable {
    let store: Store
    let planner: BookingPlanner
    private let sealer: FieldSealer?
    let codes: BookingCodes

    static let notes = SealedField("bookings", "notes")
    /// How many slots are named when one is taken.
    private static let nextSlots = 5

    /// A desk over a store. Without a sealer it takes no notes.
    package init(
        _ store: Store, zones: ZoneDatabase = ZoneDatabase(), sealer: FieldSealer? = nil,
        codes: BookingCodes = BookingCodes(), on loop: EventLoop
    ) {
        self.store = store
        planner = BookingPlanner(store: store, zones: zones, loop: loop)
        self.sealer = sealer
        self.codes = codes
    }

    /// The first free slots of a service, from now on or from a moment; nil when there is no such service.
    package func freeSlots(
        of service: PostgresUUID, resource: PostgresUUID? = nil, from: Timestamp? = nil, until: Timestamp? = nil,
        atMost most: Int = 20, in scope: SalonScope
    ) async throws -> [FreeSlot]? {
        try await planner.slots(service, resource: resource, from: from, until: until, atMost: most, in: scope)
    }

    /// Books at once, or with `hold` keeps the time for so long.
    package func book(
        _ request: BookingRequest, hold: Duration? = nil, in scope: SalonScope
    ) async throws -> Written<BookingOutcome> {
        // Who loses a race looks again, because another resource may be free. Then he is told what is.
        for _ in 0..<4 {
            if let known = try await known(request, hold, in: scope) { return Written(known) }
            switch try await plan(request, in: scope) {
            case .failure(let refusal): return Written(try await outcome(refusal, request, in: scope))
            case .success(let draft):
                if let written = try await attempt(request, draft, hold, in: scope) { return written }
            }
        }
        return Written(.taken(next: try await next(request.service, request.resource, nil, in: scope)))
    }

    /// What a request with a key made before.
    private func known(
        _ request: BookingRequest, _ hold: Duration?, in scope: SalonScope
    ) async throws -> BookingOutcome? {
        guard let key = request.key,
            let hash = try await store.read(BookingDetailStatements.requestHash, key, in: scope, .deciding).first
        else { return nil }
        guard hash == request.hash(hold: hold) else { return .refused(.keyReused) }
        let details = try await store.read(BookingDetailStatements.byRequest, key, in: scope, .deciding).first
        return details.map(BookingOutcome.done) ?? .missing
    }

    private func plan(
        _ request: BookingRequest, in scope: SalonScope
    ) async throws -> Result<BookingDraft, BookingRefusal> {
        guard let (service, zone) = try await planner.service(request.service, in: scope) else {
            return .failure(.noService)
        }
        let start: Timestamp
        switch request.start {
        case .moment(let moment): start = moment
        case .wallTime(let reading):
            let moment = zone.moment(of: reading)
            if case .gap(let gap) = moment { return .failure(.gap(gap)) }
            start = moment.orNext
        }
        let range = start..<(start + .microseconds(1))
        let plan = try await planner.plan(
            request.service, service, zone, request.resource, beginningIn: range, in: scope)
        switch SlotSearch(plan.question, beginningIn: range).slot(at: start, anyTime: request.isAnyTime) {
        case .failure(let refusal): return .failure(.slot(refusal))
        case .success(let slot):
            let draft = try await draft(plan, slot, request.service, request.customer, in: scope)
            return draft.map(Result.success) ?? .failure(.noCustomer)
        }
    }

    /// What would be written for a customer who gets a slot; nil when there is no such customer.
    func draft(
        _ plan: BookingPlanner.Plan, _ slot: FreeSlot, _ service: PostgresUUID, _ customer: BookingRequest.Customer,
        in scope: SalonScope
    ) async throws -> BookingDraft? {
        guard let customer = try await self.customer(customer, in: scope) else { return nil }
        return BookingDraft(
            slot: slot, occupied: plan.occupied(by: slot), service: service, name: plan.service.name,
            zone: plan.service.zone, price: plan.service.price, currency: plan.service.currency, customer: customer)
    }

    private func customer(
        _ customer: BookingRequest.Customer, in scope: SalonScope
    ) async throws -> BookingDraft.Customer? {
        func known(_ key: PostgresUUID?, _ number: String?) async throws -> KnownCustomer? {
            try await store.read(SlotStatements.customer, (key, number), in: scope, .deciding).first
        }
        switch customer {
        case .key(let key):
            return try await known(key, nil).map { .init(id: $0.id, phone: $0.phone, name: $0.name) }
        case .phone(let number, let name):
            let known = try await known(nil, number)
            return .init(id: known?.id, phone: number, name: name ?? known?.name)
        case .passer(let name): return .init(id: nil, phone: nil, name: name)
        }
    }

    /// Writes a booking; nil when somebody else was faster, so that it has to be planned again.
    private func attempt(
        _ request: BookingRequest, _ draft: BookingDraft, _ hold: Duration?, in scope: SalonScope
    ) async throws -> Written<BookingOutcome>? {
        let writing = BookingWriting(
            draft: draft, hold: hold.map { PostgresInterval($0) }, notes: try seal(request.notes, scope),
            source: request.source, key: request.key, hash: request.hash(hold: hold), codes: codes)
        do {
            let written = try await store.transaction(in: scope, repeatable: true) { try await writing.run($0) }
            return Written(value: .done(written.value), affected: 1, position: written.position)
        } catch let error as PostgresError where error.isLostRace {
            return nil
        } catch let error as PostgresError where error.kind == .outcomeUnknown && request.key != nil {
            return nil
        } catch is ResourceGone {
            return nil
        }
    }

    private func seal(_ notes: String?, _ scope: SalonScope) throws -> SealedText? {
        guard let notes else { return nil }
        guard let sealer else {
            throw ParlorError(
                .configuration, "notes cannot be kept", why: "there is no key to seal them with",
                hint: "Give the service its sealing keys, or leave the notes out.")
        }
        return sealer.seal(notes, for: Self.notes, of: scope.salon)
    }

    /// A booking's notes; nil when it has none.
    package func notes(of booking: PostgresUUID, in scope: SalonScope) async throws -> String? {
        let rows = try await store.read(BookingDetailStatements.notes, booking, in: scope)
        return try (rows.first ?? nil).flatMap { try open($0, scope) }
    }

    private func open(_ sealed: SealedText, _ scope: SalonScope) throws -> String? {
        try sealer?.open(sealed, for: Self.notes, of: scope.salon)
    }

    private func outcome(
        _ refusal: BookingRefusal, _ request: BookingRequest, in scope: SalonScope
    ) async throws -> BookingOutcome {
        guard refusal == .slot(.taken) else { return .refused(refusal) }
        let start: Timestamp? = if case .moment(let moment) = request.start { moment } else { nil }
        return .taken(next: try await next(request.service, request.resource, start, in: scope))
    }

    func next(
        _ service: PostgresUUID, _ resource: PostgresUUID?, _ start: Timestamp?, in scope: SalonScope
    ) async throws -> [FreeSlot] {
        try await freeSlots(
            of: service, resource: resource, from: start, atMost: Self.nextSlots, in: scope) ?? []
    }
}

extension Written where Value == BookingOutcome {
    /// An outcome that changed nothing.
    init(_ outcome: BookingOutcome) { self.init(value: outcome, affected: 0, position: nil) }
}
