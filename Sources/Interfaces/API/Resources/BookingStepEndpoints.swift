import Basics
import Bookings
import HTTP
import Postgres
import Store
import Tenants

/// What is done to bookings that are there. Each step names the version that it is of, so that saying it twice does not
/// do it twice.
enum BookingStepEndpoints {
    static let all = [
        step(
            "/v1/salons/\(Paths.salon)/bookings/\(Paths.id)/confirm", "confirmBooking", "Takes what was held.",
            .init { try await $0.confirm($1, expecting: $2, in: $3) }),
        reschedule,
        step(
            "/v1/salons/\(Paths.salon)/bookings/\(Paths.id)/cancel", "cancelBooking", "Calls a booking off.",
            .init { try await $0.cancel($1, expecting: $2, in: $3) }),
        step(
            "/v1/salons/\(Paths.salon)/bookings/\(Paths.id)/complete", "completeBooking",
            "Says that a booking took place, from its beginning on.",
            .init { try await $0.complete($1, expecting: $2, in: $3) }),
        step(
            "/v1/salons/\(Paths.salon)/bookings/\(Paths.id)/miss", "missBooking",
            "Says that the customer did not come, from the beginning of the booking on.",
            .init { try await $0.miss($1, expecting: $2, in: $3) }),
    ]

    private struct Step: Sendable {
        let perform: @Sendable (BookingDesk, PostgresUUID, Int32?, SalonScope) async throws -> Written<BookingOutcome>
    }

    private static let record = Record<BookingDetails>.booking

    private static func step(
        _ pattern: HTTPRoutePattern, _ operation: String, _ summary: String, _ step: Step
    ) -> Endpoint {
        Endpoint(
            .post, pattern, operation, .bookings, summary, access: .salon(Permission(.bookings, .write)),
            body: .none, answer: .ok(record.component), precondition: .demanded,
            schemas: [Record<FreeSlot>.freeSlot.component], problems: [.conflict: BookingProblem.component],
            .answering { call, _ in
                let id = try call.parameter(Paths.id)
                return try reply(
                    try await step.perform(call.services.bookings, id, call.expectedVersion, call.scope), "")
            })
    }

    private static func reply(_ written: Written<BookingOutcome>, _ start: String) throws -> Reply {
        let details = try written.value.details(start: start)
        var reply = Reply(.ok, record.json(details), version: details.version)
        reply.position = written.position
        return reply
    }

    // MARK: - Another time

    private struct Move: Sendable {
        let start: BookingStart?
        let resource: PostgresUUID?
        let isAnyTime: Bool
    }

    private static let move = Shape(
        "BookingMove", BookingStart.moment, BookingStart.wallTime,
        Field<PostgresUUID?>(
            "resource_id", .orNull(.identifier), standard: .some(nil),
            "Whom or what it has to be; null leaves it to the salon."),
        Field("any_time", .truth, standard: false, "Whether hours, steps, notice and horizon do not matter.")
    ) { moment, wallTime, resource, anyTime in
        Move(start: BookingStart(moment, wallTime), resource: resource, isAnyTime: anyTime)
    }

    private static let reschedule = Endpoint(
        .post, "/v1/salons/\(Paths.salon)/bookings/\(Paths.id)/reschedule", "rescheduleBooking", .bookings,
        "Puts a booking on another time. It stays where it was when that time is taken.",
        access: .salon(Permission(.bookings, .write)), body: move, answer: .ok(record.component),
        precondition: .demanded, schemas: [Record<FreeSlot>.freeSlot.component], problems: BookingProblem.all,
        .answering { call, move in
            guard let start = move.start else { throw HTTPProblem.faulty([BookingStart.fault]) }
            let written = try await call.services.bookings.reschedule(
                try call.parameter(Paths.id), to: start.start, resource: move.resource, anyTime: move.isAnyTime,
                expecting: call.expectedVersion, in: call.scope)
            return try reply(written, start.pointer)
        })
}
