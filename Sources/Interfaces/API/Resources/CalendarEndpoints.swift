import Basics
import Bookings
import HTTP
import Postgres
import Store
import Tenants

/// Bookings by days, and for other programs' calendars.
enum CalendarEndpoints {
    static let all = [day, entry, feed]

    private static let record = Record<BookingDetails>.booking
    private static let resource = QueryParameter("resource_id", .identifier, "Only those that take this resource.")
    private static let mediaType = "text/calendar; charset=utf-8"
    private static let text = Component(
        name: "Calendar", schema: ["type": "string", "description": "An iCalendar text (RFC 5545)."])
    /// What a feed holds at most.
    private static let feedMax = 2000

    private static func settings(_ call: Call) async throws -> SalonSettings {
        let rows = try await call.store.read(SalonSettingsStatements.own, (), in: call.scope, call.freshness)
        guard let settings = rows.first else { throw HTTPProblem.unknown }
        return settings
    }

    private static let day = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/calendar/\(Paths.day)", "getCalendarDay", .bookings,
        "Lists what begins on a day of the salon's calendar, cancelled bookings too.",
        access: .salon(Permission(.bookings, .read)), query: [AnyQueryParameter(resource)], body: .none,
        answer: .items(of: record.component),
        .answering { call, _ in
            let bookings = try await call.services.bookings.calendar(
                of: try call.parameter(Paths.day), zone: try await settings(call).timezone,
                resource: call.query[resource], in: call.scope, call.freshness)
            return Reply(.ok, ["items": .array(bookings.map(record.json))])
        })

    /// Identifiers have to stay the same wherever the service runs, so this is no host's name.
    private static let domain = "parlor.invalid"

    private static func event(_ booking: BookingDetails, _ settings: SalonSettings) -> CalendarEvent {
        let who = booking.customerName ?? booking.code
        return CalendarEvent(
            booking, summary: "\(booking.service), \(who)", text: booking.code, location: settings.name)
    }

    private static let entry = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/bookings/\(Paths.id)/calendar", "getBookingCalendar", .bookings,
        "Gives a booking for a calendar.", access: .salon(Permission(.bookings, .read)), body: .none,
        answer: .text(mediaType, text, "The booking as an iCalendar text."),
        .answering { call, _ in
            let id = try call.parameter(Paths.id)
            guard let booking = try await call.services.bookings.booking(id, in: call.scope, call.freshness) else {
                throw HTTPProblem.unknown
            }
            var reply = Reply()
            let rendered = CalendarText(domain: domain).render([event(booking, try await settings(call))])
            reply.text = (rendered, mediaType)
            return reply
        })

    private static let feed = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/calendar-feed", "getCalendarFeed", .bookings,
        "Gives the bookings from a week ago on for a calendar that reads them again and again; at most 2,000.",
        access: .link(Permission(.calendar, .read)), query: [AnyQueryParameter(resource)], body: .none,
        answer: .text(mediaType, text, "The bookings as an iCalendar text, cancelled ones too."),
        .answering { call, _ in
            let settings = try await settings(call)
            // A week back: a calendar strikes out only what it is told of.
            let from = Timestamp(microseconds: Timestamp.now().microseconds - 7 * 86_400_000_000)
            var filter = BookingFilter(from: from, until: from + .seconds(400 * 86_400))
            filter.resource = call.query[resource]
            var (bookings, cursor): ([BookingDetails], BookingCursor?) = ([], nil)
            repeat {
                let page = try await call.services.bookings.list(
                    filter, behind: cursor, atMost: 500, in: call.scope, call.freshness)
                bookings += page.bookings
                cursor = page.next
            } while cursor != nil && bookings.count < feedMax
            var reply = Reply()
            let events = bookings.map { event($0, settings) }
            reply.text = (CalendarText(domain: domain, name: settings.name).render(events), mediaType)
            return reply
        })
}
