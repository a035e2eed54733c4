package import Basics
package import Postgres
package import Store

/// A conversation as the people of a salon work with it.
package struct InboxConversation: StatementRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// The customer, once known.
    package let customer: PostgresUUID?
    /// The customer's number, where it is known.
    package let phoneNumber: String?
    /// Whether it goes on.
    package let status: ConversationStatus
    /// How many messages it has.
    package let messages: Int32
    /// How many of them nobody has read.
    package let unread: Int32
    /// What it has cost.
    package let cost: PostgresNumeric
    /// Who looks after it.
    package let assignee: PostgresUUID?
    /// Since when the customer waits for a person; none while the dialogue answers.
    package let handedOver: Timestamp?
    /// When it began.
    package let started: Timestamp
    /// When the last message came or went.
    package let lastMessage: Timestamp
    /// Until when the salon may write freely.
    package let windowExpires: Timestamp?
    /// How often it was changed, each message included.
    package let version: Int32

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("customer_id", PostgresUUID?.self),
        Column("phone_number", String?.self), Column("status", ConversationStatus.self),
        Column("message_count", Int32.self), Column("unread_count", Int32.self), Column("cost", PostgresNumeric.self),
        Column("assigned_to", PostgresUUID?.self), Column("handed_over_at", Timestamp?.self),
        Column("started_at", Timestamp.self), Column("last_message_at", Timestamp.self),
        Column("window_expires_at", Timestamp?.self), Column("version", Int32.self)
    ) {
        InboxConversation(
            id: $0, customer: $1, phoneNumber: $2, status: $3, messages: $4, unread: $5, cost: $6, assignee: $7,
            handedOver: $8, started: $9, lastMessage: $10, windowExpires: $11, version: $12)
    }
}

/// A message as the people of a salon read it.
package struct InboxMessage: StatementRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// When it came in, or was put up for sending.
    package let created: Timestamp
    /// Which way it went.
    package let direction: MessageDirection
    /// What it is, like TEXT.
    package let type: String
    /// Its text; none for what has no text.
    package let content: String?
    /// What has become of it.
    package let status: MessageStatus
    /// WhatsApp's code for why it failed.
    package let errorCode: Int32?

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("created_at", Timestamp.self),
        Column("direction", MessageDirection.self), Column("message_type", String.self),
        Column("content", String?.self), Column("status", MessageStatus.self), Column("error_code", Int32?.self)
    ) {
        InboxMessage(
            id: $0, created: $1, direction: $2, type: $3, content: $4, status: $5, errorCode: $6)
    }
}

/// Statements for the people who answer customers.
package enum InboxStatements: StatementList {
    private static let conversationColumns = """
        id, customer_id, phone_number, status, message_count, unread_count, cost, assigned_to, handed_over_at, started_at,
            last_message_at, window_expires_at, version
        """
    private static let messageColumns = """
        id, created_at, direction, message_type::text AS message_type, content, status, error_code
        """

    /// So many before a moment and a key, the latest first.
    package static let conversations = Statement(
        "inbox_conversations", .reads,
        """
        SELECT \(conversationColumns) FROM conversations WHERE (last_message_at, id) < ($1, $2) AND deleted_at IS NULL
        ORDER BY last_message_at DESC, id DESC LIMIT $3
        """, takes: Timestamp.self, PostgresUUID.self, Int.self, gives: InboxConversation.self)

    /// The same of a status.
    package static let conversationsOfStatus = Statement(
        "inbox_conversations_of_status", .reads,
        """
        SELECT \(conversationColumns) FROM conversations
        WHERE status = $4::"ConversationStatus" AND (last_message_at, id) < ($1, $2) AND deleted_at IS NULL
        ORDER BY last_message_at DESC, id DESC LIMIT $3
        """, takes: Timestamp.self, PostgresUUID.self, Int.self, ConversationStatus.self, gives: InboxConversation.self)

    /// The one of a key.
    package static let conversation = Statement(
        "inbox_conversation", .reads,
        """
        SELECT \(conversationColumns) FROM conversations WHERE id = $1 AND deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: InboxConversation.self)

    /// Changes what people decide about one, by a document.
    package static let change = Statement(
        "inbox_change", .writes,
        """
        UPDATE conversations AS c SET (status, assigned_to) = (
            SELECT p.status, p.assigned_to FROM jsonb_populate_record(c, $2) AS p)
        WHERE id = $1 AND deleted_at IS NULL AND ($3::int4 IS NULL OR version = $3)
        RETURNING \(conversationColumns)
        """, takes: PostgresUUID.self, PostgresJSON.self, Int32?.self, gives: InboxConversation.self)

    /// So many messages of a conversation before a moment and a key, the latest first.
    package static let messages = Statement(
        "inbox_messages", .reads,
        """
        SELECT \(messageColumns) FROM messages
        WHERE conversation_id = $1 AND created_at <= $2 AND (created_at, id) < ($2, $3)
        ORDER BY created_at DESC, id DESC LIMIT $4
        """, takes: PostgresUUID.self, Timestamp.self, PostgresUUID.self, Int.self, gives: InboxMessage.self)

    /// The message of a key. The key carries the moment, which leads to the partition.
    package static let message = Statement(
        "inbox_message", .reads,
        """
        SELECT \(messageColumns) FROM messages
        WHERE id = $1 AND created_at BETWEEN uuid_time($1) - interval '1 day' AND uuid_time($1) + interval '1 day'
        """, takes: PostgresUUID.self, gives: InboxMessage.self)

    /// So many messages with certain words before a moment and a key, the latest first. The search knows moments only, so
    /// it looks at the messages of that moment too, of which there are hardly ever two.
    package static let search = Statement(
        "inbox_search", .reads,
        """
        SELECT \(messageColumns) FROM search_messages($1, $2 + interval '1 microsecond', ($4 + 100)::int4) AS m
        WHERE (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4
        """, takes: String.self, Timestamp.self, PostgresUUID.self, Int.self, gives: InboxMessage.self)

    /// What WhatsApp calls a message of a conversation; none while it has not said.
    package static let whatsAppName = Statement(
        "inbox_whatsapp_name", .reads,
        """
        SELECT whatsapp_id FROM messages
        WHERE id = $1 AND created_at BETWEEN uuid_time($1) - interval '1 day' AND uuid_time($1) + interval '1 day'
            AND conversation_id = $2
        """, takes: PostgresUUID.self, PostgresUUID.self,
        gives: RowShape(Column("whatsapp_id", String?.self)) { $0 })

    /// Each of them.
    package static let all: [any AnyStatement] = [
        conversations, conversationsOfStatus, conversation, change, messages, message, search, whatsAppName,
    ]
}
