import Basics
import HTTP
import Messaging
import Postgres
import Store
import Tenants

extension Record where Row == InboxConversation {
    fileprivate static let conversation = Record(
        "Conversation", "A conversation with a customer.",
        [
            .told("id", .identifier, \.id, "Its key."),
            .told("customer_id", .orNull(.identifier), \.customer, "The customer, once known."),
            .told("phone_number", .orNull(.told), \.phoneNumber, "The customer's number, where it is known."),
            .set("status", .choice, \.status, "ACTIVE, EXPIRED when the window is over, or BLOCKED."),
            .told("message_count", .integer(0...Int32.max), \.messages, "How many messages it has."),
            .told("unread_count", .integer(0...Int32.max), \.unread, "How many of them nobody has read."),
            .told("cost", .decimal(digits: 12, scale: 6), \.cost, "What it has cost."),
            .set("assigned_to", .orNull(.identifier), \.assignee, "The member who looks after it."),
            .told(
                "handed_over_at", .orNull(.moment), \.handedOver,
                "Since when the customer waits for a person and nobody else answers."),
            .told("started_at", .moment, \.started, "When it began."),
            .told("last_message_at", .moment, \.lastMessage, "When the last message came or went."),
            .told("window_expires_at", .orNull(.moment), \.windowExpires, "Until when the salon may write freely."),
            .told("version", .version, \.version, "How often it was changed, by each message too; its ETag."),
        ])
}

extension Record where Row == InboxMessage {
    static let message = Record(
        "Message", "A message of a conversation.",
        [
            .told("id", .identifier, \.id, "Its key."),
            .told("created_at", .moment, \.created, "When it came in, or was put up for sending."),
            .told("direction", .choice, \.direction, "Which way it went."),
            .told("type", .told, \.type, "What it is, like TEXT or IMAGE."),
            .told("content", .orNull(.told), \.content, "Its text; null for what has none."),
            .told("status", .choice, \.status, "What has become of it."),
            .told(
                "error_code", .orNull(.integer(Int32.min...Int32.max)), \.errorCode,
                "WhatsApp's code for why it failed."),
        ])
}

/// Where a list by time begins: behind a row, or at its newest.
struct TimePlace: Sendable {
    let moment: Timestamp
    let id: PostgresUUID

    /// Behind a row; or before a moment, which may be that of a row.
    init(_ cursor: Cursor?, before end: Timestamp? = nil) {
        moment = cursor?.moment ?? end ?? Timestamp(microseconds: .max)
        id = cursor?.id ?? (end == nil ? PostgresUUID(high: .max, low: .max) : PostgresUUID(high: 0, low: 0))
    }
}

/// Conversations and what was said in them.
enum InboxEndpoints {
    private static let status = QueryParameter<ConversationStatus>("status", .choice, "Only those of this status.")
    private static let record = Record<InboxConversation>.conversation
    private static let message = Record<InboxMessage>.message

    static let all = [list, show, change, messages, search, showMessage]

    private static let list = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/conversations", "listConversations", .conversations,
        "Lists conversations, the latest message first.", access: .salon(Permission(.conversations, .read)),
        query: [AnyQueryParameter(status)] + Paging.parameters, body: .none, answer: .page(of: record.component),
        .answering { call, _ in
            let page = try PageRequest(call, of: "listConversations")
            let rows = try await conversations(call, TimePlace(page.cursor), page.asked)
            return page.reply(rows, record.json) { Cursor($0.id, at: $0.lastMessage) }
        })

    private static func conversations(
        _ call: Call, _ place: TimePlace, _ limit: Int
    ) async throws -> [InboxConversation] {
        guard let wanted = call.query[status] else {
            return try await call.store.read(
                InboxStatements.conversations, (place.moment, place.id, limit), in: call.scope, call.freshness)
        }
        return try await call.store.read(
            InboxStatements.conversationsOfStatus, (place.moment, place.id, limit, wanted), in: call.scope,
            call.freshness)
    }

    private static let show = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/conversations/\(Paths.id)", "getConversation", .conversations,
        "Shows a conversation.", access: .salon(Permission(.conversations, .read)), body: .none,
        answer: .ok(record.component),
        .answering { call, _ in
            let id = try call.parameter(Paths.id)
            let rows = try await call.store.read(InboxStatements.conversation, id, in: call.scope, call.freshness)
            guard let row = rows.first else { throw HTTPProblem.unknown }
            return Reply(.ok, record.json(row), version: row.version)
        })

    private static let change = Endpoint(
        .patch, "/v1/salons/\(Paths.salon)/conversations/\(Paths.id)", "updateConversation", .conversations,
        "Assigns a conversation, blocks it or lets it go on.", access: .salon(Permission(.conversations, .write)),
        body: record.changes, answer: .ok(record.component), precondition: .respected,
        .changing { call, draft, transaction in
            let id = try call.parameter(Paths.id)
            if let user = draft["assigned_to"]?.text.flatMap({ PostgresUUID($0) }),
                try await transaction.run(ResourceStatements.isMember, user).first != true
            {
                throw HTTPProblem.faulty([FieldFault(pointer: "/assigned_to", detail: "is no member of the salon")])
            }
            let input = (id, draft.document, call.expectedVersion)
            guard let row = try await transaction.run(InboxStatements.change, input).first else {
                let isThere = try await transaction.run(InboxStatements.conversation, id).first != nil
                throw isThere ? HTTPProblem.stale : .unknown
            }
            return Reply(.ok, record.json(row), version: row.version)
        })

    private static let messages = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/conversations/\(Paths.id)/messages", "listMessages", .messages,
        "Lists what was said in a conversation, the latest first.", access: .salon(Permission(.messages, .read)),
        query: Paging.parameters, body: .none, answer: .page(of: message.component),
        .answering { call, _ in
            let page = try PageRequest(call, of: "listMessages")
            let (id, place) = (try call.parameter(Paths.id), TimePlace(page.cursor))
            let found = try await call.store.read(InboxStatements.conversation, id, in: call.scope, call.freshness)
            guard !found.isEmpty else { throw HTTPProblem.unknown }
            let rows = try await call.store.read(
                InboxStatements.messages, (id, place.moment, place.id, page.asked), in: call.scope, call.freshness)
            return page.reply(rows, message.json) { Cursor($0.id, at: $0.created) }
        })

    private static let words = QueryParameter("q", .text(1...200), required: true, "The words; all of them must occur.")

    private static let search = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/messages", "searchMessages", .messages,
        "Finds messages by their words, in the salon's language, the latest first.",
        access: .salon(Permission(.messages, .read)), query: [AnyQueryParameter(words)] + Paging.parameters,
        body: .none,
        answer: .page(of: message.component),
        .answering { call, _ in
            let page = try PageRequest(call, of: "searchMessages")
            let place = TimePlace(page.cursor)
            let rows = try await call.store.read(
                InboxStatements.search, (call.query[words] ?? "", place.moment, place.id, page.asked), in: call.scope,
                call.freshness)
            return page.reply(rows, message.json) { Cursor($0.id, at: $0.created) }
        })

    private static let showMessage = Endpoint(
        .get, "/v1/salons/\(Paths.salon)/messages/\(Paths.id)", "getMessage", .messages,
        "Shows a message, and what has become of it.", access: .salon(Permission(.messages, .read)), body: .none,
        answer: .ok(message.component),
        .answering { call, _ in
            let id = try call.parameter(Paths.id)
            let rows = try await call.store.read(InboxStatements.message, id, in: call.scope, call.freshness)
            guard let row = rows.first else { throw HTTPProblem.unknown }
            return Reply(.ok, message.json(row))
        })
}
