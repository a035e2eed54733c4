import Basics
import Bookings
import Digests
import HTTP
import Postgres
import Store
import Tenants

/// Free times and bookings.
enum BookingEndpoints {
    static let all = [freeSlots, list, make, show, showByCode, notes]

    private static let record = Record<BookingDetails>.booking
    private static let slot = Record<FreeSlot>.freeSlot

    // MARK: - Free times

    private static let resource = QueryParameter("resource_id", .identifier, "Only with this one, of its kind.")
    private static let from = QueryParameter("from", .moment, "Only what begins then or later.")
    private static let until = QueryParameter("until", .moment, "Only what begins before.")

    private static let freeSlots = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/services/\(Paths.id)/free-slots", "listFreeSlots", .bookings,
        "Lists the next free times of a service, from now on and as far as the salon plans.",
        access: .salon(Permission(.bookings, .read)),
        query: [
            AnyQueryParameter(resource), AnyQueryParameter(from), AnyQueryParameter(until),
            AnyQueryParameter(Paging.limit),
        ], body: .none, answer: .items(of: slot.component),
        .answering { call, _ in
            let slots = try await call.services.bookings.freeSlots(
                of: try call.parameter(Paths.id), resource: call.query[resource], from: call.query[from],
                until: call.query[until], atMost: call.query[Paging.limit] ?? 20, in: call.scope)
            guard let slots else { throw HTTPProblem.unknown }
            return Reply(.ok, ["items": .array(slots.map(slot.json))])
        })

    // MARK: - Lists

    private static let status = QueryParameter<BookingStatus>("status", .choice, "Only those of this status.")
    private static let customer = QueryParameter("customer_id", .identifier, "Only those of this customer.")
    private static let taking = QueryParameter("resource_id", .identifier, "Only those that take this resource.")

    private static let list = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/bookings", "listBookings", .bookings,
        "Lists bookings in the order in which they begin.", access: .salon(Permission(.bookings, .read)),
        query: [
            AnyQueryParameter(status), AnyQueryParameter(customer), AnyQueryParameter(taking), AnyQueryParameter(from),
            AnyQueryParameter(until),
        ] + Paging.parameters, body: .none, answer: .page(of: record.component),
        .answering { call, _ in
            let page = try PageRequest(call, of: "listBookings")
            var filter = BookingFilter(
                from: call.query[from] ?? Timestamp(seconds: 0),
                until: call.query[until] ?? Timestamp(seconds: 7_258_118_400))
            filter.status = call.query[status]
            filter.customer = call.query[customer]
            filter.resource = call.query[taking]
            let behind = page.cursor.map { BookingCursor(start: $0.moment, id: $0.id) }
            let found = try await call.services.bookings.list(
                filter, behind: behind, atMost: page.asked, in: call.scope, call.freshness)
            return page.reply(found.bookings, record.json) { Cursor($0.id, at: $0.start) }
        })

    // MARK: - One

    private static let show = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/bookings/\(Paths.id)", "getBooking", .bookings, "Shows a booking.",
        access: .salon(Permission(.bookings, .read)), body: .none, answer: .ok(record.component),
        .answering { call, _ in
            let id = try call.parameter(Paths.id)
            guard let booking = try await call.services.bookings.booking(id, in: call.scope, call.freshness) else {
                throw HTTPProblem.unknown
            }
            return Reply(.ok, record.json(booking), version: booking.version)
        })

    private static let showByCode = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/booking-codes/\(Paths.code)", "getBookingByCode", .bookings,
        "Shows the booking of a code; small letters, spaces and hyphens are let pass.",
        access: .salon(Permission(.bookings, .read)), body: .none, answer: .ok(record.component),
        .answering { call, _ in
            let code = try call.parameter(Paths.code)
            let found = try await call.services.bookings.booking(code: code, in: call.scope, call.freshness)
            guard let booking = found else { throw HTTPProblem.unknown }
            return Reply(.ok, record.json(booking), version: booking.version)
        })

    private static let noted = Component(
        name: "BookingNotes",
        schema: .objectSchema(
            [.init("notes", ["type": ["string", "null"], "description": "What is to be known about it."])],
            required: ["notes"]))

    private static let notes = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/bookings/\(Paths.id)/notes", "getBookingNotes", .bookings,
        "Shows what was noted about a booking, which is kept sealed.", access: .salon(Permission(.bookings, .read)),
        body: .none, answer: .ok(noted),
        .answering { call, _ in
            let id = try call.parameter(Paths.id)
            let (desk, scope) = (call.services.bookings, try call.scope)
            guard try await desk.booking(id, in: scope, call.freshness) != nil else { throw HTTPProblem.unknown }
            // Without the keys nobody can tell whether there are any: a client must not take them for none.
            guard call.services.sealer != nil else { throw HTTPProblem.sealed }
            let notes = try await desk.notes(of: id, in: scope)
            return Reply(.ok, ["notes": .string(notes)])
        })

    // MARK: - Booking

    private struct Wish: Sendable {
        var request: BookingRequest
        let hold: Duration?
        let pointer: String
    }

    private static let booking = Shape(
        "BookingDraft",
        Field("service_id", .identifier, "The service."),
        BookingStart.moment, BookingStart.wallTime,
        Field<PostgresUUID?>(
            "resource_id", .orNull(.identifier), standard: .some(nil),
            "Whom or what it has to be; of its kind no other one is taken."),
        Field<PostgresUUID?>("customer_id", .orNull(.identifier), standard: .some(nil), "For whom, by key."),
        Field<String?>(
            "phone_number", .orNull(.phone), standard: .some(nil), "For whom, by number, known to the salon or not."),
        Field<String?>("name", .orNull(.text(1...200)), standard: .some(nil), "The name of whoever comes."),
        Field<String?>("notes", .orNull(.text(1...4000)), standard: .some(nil), "What is to be known; kept sealed."),
        Field<Int64?>(
            "hold_minutes", .orNull(.integer(1...1440)), standard: .some(nil),
            "Holds the time for so long, until it is confirmed; null books at once."),
        Field(
            "any_time", .truth, standard: false,
            "Whether hours, steps, notice and horizon do not matter, because the salon wants it so.")
    ) { service, moment, wallTime, resource, customer, number, name, notes, hold, anyTime -> Wish? in
        // Where there is none, the endpoint says what is wrong.
        guard let start = BookingStart(moment, wallTime) else { return nil }
        let person: BookingRequest.Customer
        switch (customer, number) {
        case (let key?, nil): person = .key(key)
        case (nil, let number?): person = .phone(number, name: name)
        case (nil, nil): person = .passer(name: name)
        case (_?, _?): return nil
        }
        var request = BookingRequest(service: service, start: start.start, customer: person)
        request.resource = resource
        request.notes = notes
        request.isAnyTime = anyTime
        return Wish(request: request, hold: hold.map { .seconds($0 * 60) }, pointer: start.pointer)
    }

    private static let unclear = HTTPProblem.faulty([
        FieldFault(
            pointer: "",
            detail: "must have either starts_at or local_start, and not both customer_id and phone_number")
    ])

    private static let make = Endpoint(
        .post, "/v1/salons/\(Paths.salon)/bookings", "createBooking", .bookings,
        "Books, or holds a time. With an Idempotency-Key it happens once, for as long as the booking is there.",
        access: .salon(Permission(.bookings, .write)), body: booking, answer: .created(record.component),
        schemas: [slot.component], problems: BookingProblem.all, isIdempotent: true,
        .answering { call, wish in
            guard let wish else { throw unclear }
            if wish.request.notes != nil, call.services.sealer == nil { throw HTTPProblem.sealed }
            var request = wish.request
            request.key = call.requestName
            if case .key? = call.principal?.kind { request.source = "api" } else { request.source = "staff" }
            let written = try await call.services.bookings.book(request, hold: wish.hold, in: call.scope)
            let details = try written.value.details(start: wish.pointer)
            var reply = Reply(.created, record.json(details), version: details.version)
            reply.headers["Location"] = "\(call.request.target.path)/\(details.id)"
            // Nothing was written: it was done before.
            if written.affected == 0 { reply.headers["Idempotent-Replayed"] = "true" }
            reply.position = written.position
            return reply
        })
}

extension HTTPProblem {
    /// Something cannot be opened or kept without keys.
    static let sealed = HTTPProblem(
        .serviceUnavailable, "this is kept sealed only, and no sealing keys are configured")
}

extension Call {
    /// The name of this request among all that book in the salon, those of other clients and of the chat included.
    fileprivate var requestName: String? {
        guard let key = repetitionKey else { return nil }
        // Digested, because the name of the actor and the longest key together would be too long.
        let name = "\(principal?.actor.description ?? "") \(key)"
        return "api:\(hexadecimal(Digest(.sha256, of: Array(name.utf8)).bytes))"
    }
}
