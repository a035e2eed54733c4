import Basics
import Bookings
import HTTP
import Postgres
import Store
import Tenants

extension Record where Row == WaitingEntry {
    fileprivate static let entry = Record(
        "WaitingEntry", "Somebody who would come sooner, or at all, if a time became free.",
        [
            .told("id", .identifier, \.id, "Its key; the line is in the order of entries."),
            .told("customer_id", .identifier, \.customer, "Who waits."),
            .told("service_id", .identifier, \.service, "What for."),
            .told("resource_id", .orNull(.identifier), \.resource, "Whom or what it has to be; null leaves it open."),
            .told("first_day", .calendarDay, \.firstDay, "The first day on which they would come."),
            .told("last_day", .calendarDay, \.lastDay, "The last one."),
            .told("earliest", .clockTime, \.earliest, "From which time of the day on a visit may begin."),
            .told("latest", .orNull(.clockTime), \.latestBegin, "Until which; null leaves it open."),
            .told("status", .choice, \.status, "OFFERED: a time is held for them."),
            .told("booking_id", .orNull(.identifier), \.booking, "What is held for them, or what they took."),
            .told("version", .version, \.version, "How often it was changed; its ETag."),
        ])
}

extension WaitingEntry {
    /// Until which time of the day a visit may begin; nil where that is open.
    fileprivate var latestBegin: Duration? { latest < .seconds(86_400) ? latest : nil }
}

/// The waiting list.
enum WaitingEndpoints {
    static let all = [list, enter, show, withdraw]

    private static let record = Record<WaitingEntry>.entry
    private static let status = QueryParameter<WaitingStatus>(
        "status", .choice, "Those of this status; those who wait unless given.")

    private static let list = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/waiting-list", "listWaiting", .bookings,
        "Lists the waiting list, who came first in front.", access: .salon(Permission(.bookings, .read)),
        query: [AnyQueryParameter(status)] + Paging.parameters, body: .none, answer: .page(of: record.component),
        .answering { call, _ in
            let page = try PageRequest(call, of: "listWaiting")
            let entries = try await WaitingLine(call.services.bookings).entries(
                call.query[status] ?? .waiting, behind: page.cursor?.id, atMost: page.asked, in: call.scope)
            return page.reply(entries, record.json) { Cursor($0.id) }
        })

    private struct Wish: Sendable {
        let customer: PostgresUUID
        let wish: WaitingLine.Wish
    }

    private static let draft = Shape(
        "WaitingDraft",
        Field("customer_id", .identifier, "Who waits."), Field("service_id", .identifier, "What for."),
        Field<PostgresUUID?>(
            "resource_id", .orNull(.identifier), standard: .some(nil),
            "Whom or what it has to be; null leaves it open."),
        Field("first_day", .calendarDay, "The first day on which they would come."),
        Field("last_day", .calendarDay, "The last one."),
        Field("earliest", .clockTime, standard: .zero, "From which time of the day on a visit may begin."),
        Field<Duration?>(
            "latest", .orNull(.clockTime), standard: .some(nil), "Until which it may begin; null leaves it open.")
    ) { customer, service, resource, first, last, earliest, latest -> Wish? in
        guard first <= last, earliest <= latest ?? .seconds(86_400) else { return nil }
        var wish = WaitingLine.Wish(service: service, days: first...last)
        wish.resource = resource
        wish.earliest = earliest
        wish.latest = latest ?? .seconds(86_400)
        return Wish(customer: customer, wish: wish)
    }

    private static let enter = Endpoint(
        .post, "/v1/salons/\(Paths.salon)/waiting-list", "enterWaiting", .bookings,
        "Puts a customer at the end of the waiting list.", access: .salon(Permission(.bookings, .write)), body: draft,
        answer: .created(record.component),
        .changing { call, draft, transaction in
            guard let draft else {
                throw HTTPProblem.faulty([
                    FieldFault(pointer: "", detail: "must have its days, and its times of the day, in order")
                ])
            }
            guard let entry = try await WaitingLine.enter(draft.customer, draft.wish, in: transaction) else {
                throw HTTPProblem(.internalServerError)
            }
            var reply = Reply(.created, record.json(entry), version: entry.version)
            reply.headers["Location"] = "\(call.request.target.path)/\(entry.id)"
            return reply
        })

    private static let show = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/waiting-list/\(Paths.id)", "getWaiting", .bookings,
        "Shows somebody's place in the waiting list.", access: .salon(Permission(.bookings, .read)), body: .none,
        answer: .ok(record.component),
        .answering { call, _ in
            let id = try call.parameter(Paths.id)
            let rows = try await call.store.read(WaitingStatements.byKey, id, in: call.scope, call.freshness)
            guard let entry = rows.first else { throw HTTPProblem.unknown }
            return Reply(.ok, record.json(entry), version: entry.version)
        })

    private static let withdraw = Endpoint(
        .delete, "/v1/salons/\(Paths.salon)/waiting-list/\(Paths.id)", "withdrawWaiting", .bookings,
        "Lets somebody wait no more, and gives back what is held for them.",
        access: .salon(Permission(.bookings, .write)), body: .none, answer: .nothing,
        .answering { call, _ in
            let withdrawn = try await WaitingLine(call.services.bookings).withdraw(
                try call.parameter(Paths.id), in: call.scope)
            guard withdrawn else { throw HTTPProblem.unknown }
            return .nothing
        })
}
