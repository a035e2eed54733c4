import Basics
import HTTP
import Postgres
import Store
import Tenants
import WhatsApp

extension Record where Row == WebhookLog {
    fileprivate static let event = Record(
        "WebhookEvent", "Something that WhatsApp delivered.",
        [
            .told("id", .identifier, \.id, "Its key."),
            .told("created_at", .moment, \.created, "When it came."),
            .told("event_type", .told, \.event, "Its kind."),
            .told("status", .choice, \.status, "What has become of it."),
            .told("error", .orNull(.told), \.error, "Why it failed."),
        ])
}

extension Record where Row == IntentFigure {
    fileprivate static let intent = Record(
        "IntentFigure", "How often something was wanted.",
        [
            .told("intent", .told, \.intent, "What was wanted."),
            .told("messages", .count, \.messages, "How often."),
            .told("confidence", .orNull(.number), \.confidence, "How sure the assistant was on average, from 0 to 1."),
        ])
}

extension Record where Row == ConversationFigure {
    fileprivate static let day = Record(
        "ConversationFigure", "How conversations went on a day, UTC.",
        [
            .told("day", .day, \.day, "The day."),
            .told("conversations", .count, \.conversations, "Conversations in which something was said."),
            .told("inbound", .count, \.inbound, "What customers said."),
            .told("outbound", .count, \.outbound, "What they were told."),
            .told("unresolved", .count, \.unresolved, "What was not understood."),
            .told("cost", .decimal(digits: 18, scale: 6), \.cost, "What the assistant cost."),
        ])
}

extension Record where Row == BookingFigure {
    fileprivate static let day = Record(
        "BookingFigure", "How many bookings of a status begin on a day of the salon's calendar.",
        [
            .told("day", .day, \.day, "The day."), .told("status", .told, \.status, "What has become of them."),
            .told("bookings", .count, \.bookings, "How many."),
        ])
}

/// How a salon is doing, and what WhatsApp delivered for it.
enum InsightEndpoints {
    private static let from = QueryParameter("from", .day, "The first day; 30 days before the end unless given.")
    private static let until = QueryParameter("until", .day, "The day after the last; tomorrow, UTC, unless given.")
    private static let span = [AnyQueryParameter(from), AnyQueryParameter(until)]

    /// The days that a client asks for: at most a year and a day of them.
    private static func days(_ call: Call) throws(HTTPProblem) -> (PostgresDate, PostgresDate) {
        let sinceEpoch = Timestamp.now().microseconds / 86_400_000_000
        // The days of dates are counted from 2000.
        let end = call.query[until] ?? PostgresDate(days: Int32(clamping: sinceEpoch - 10_957 + 1))
        let start = call.query[from] ?? PostgresDate(days: end.days - 30)
        guard (0...366).contains(end.days - start.days) else {
            let fault = FieldFault(pointer: "?until", detail: "must be at most 366 days after from, and not before it")
            throw .faultyQuery([fault])
        }
        return (start, end)
    }

    static let all = [intents, conversations, bookings, events]

    private static let intents = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/analytics/intents", "getIntents", .insight,
        "What customers wanted, most often first.",
        access: .salon(Permission(.analytics, .read)), query: span, body: .none,
        answer: .items(of: Record<IntentFigure>.intent.component),
        .answering { call, _ in
            let rows = try await call.store.read(
                InsightStatements.intents, try days(call), in: call.scope, call.freshness)
            return Reply(.ok, ["items": .array(rows.map(Record<IntentFigure>.intent.json))])
        })

    private static let conversations = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/analytics/conversations", "getConversationDays", .insight,
        "How conversations went, day by day.",
        access: .salon(Permission(.analytics, .read)), query: span, body: .none,
        answer: .items(of: Record<ConversationFigure>.day.component),
        .answering { call, _ in
            let rows = try await call.store.read(
                InsightStatements.conversations, try days(call), in: call.scope, call.freshness)
            return Reply(.ok, ["items": .array(rows.map(Record<ConversationFigure>.day.json))])
        })

    private static let bookings = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/analytics/bookings", "getBookingDays", .insight,
        "How many bookings there are, by day and status.",
        access: .salon(Permission(.analytics, .read)), query: span, body: .none,
        answer: .items(of: Record<BookingFigure>.day.component),
        .answering { call, _ in
            let rows = try await call.store.read(
                InsightStatements.bookings, try days(call), in: call.scope, call.freshness)
            return Reply(.ok, ["items": .array(rows.map(Record<BookingFigure>.day.json))])
        })

    private static let status = QueryParameter<WebhookStatus>("status", .choice, "Only those of this status.")
    private static let since = QueryParameter("from", .moment, "Only those that came then or later.")
    private static let before = QueryParameter("until", .moment, "Only those that came before.")

    private static let events = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/webhook-events", "listWebhookEvents", .insight,
        "Lists what WhatsApp delivered, the latest first.",
        access: .salon(Permission(.webhooks, .read)),
        query: [AnyQueryParameter(status), AnyQueryParameter(since), AnyQueryParameter(before)] + Paging.parameters,
        body: .none,
        answer: .page(of: Record<WebhookLog>.event.component),
        .answering { call, _ in
            let page = try PageRequest(call, of: "listWebhookEvents")
            let place = TimePlace(page.cursor, before: call.query[before])
            let (wanted, start) = (call.query[status], call.query[since])
            let rows: [WebhookLog]
            if wanted == nil, start == nil {
                rows = try await call.store.read(
                    WebhookLogPages.page, (place.moment, place.id, page.asked), in: call.scope, call.freshness)
            } else {
                let input = (place.moment, place.id, page.asked, start ?? Timestamp(seconds: 0), wanted)
                rows = try await call.store.read(WebhookLogPages.filtered, input, in: call.scope, call.freshness)
            }
            return page.reply(rows, Record<WebhookLog>.event.json) { Cursor($0.id, at: $0.created) }
        })
}
