package import Basics
package import Postgres
package import Store

/// Whether a conversation goes on.
package enum ConversationStatus: String, CaseIterable, PostgresEnumeration {
    /// Somebody may write.
    case active = "ACTIVE"
    /// The window in which the salon may write freely is over.
    case expired = "EXPIRED"
    /// The customer is not to write any more.
    case blocked = "BLOCKED"
}

/// A conversation as the inbox shows it.
package struct Conversation: StatementRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// The customer's number, where it is known.
    package let phoneNumber: String?
    /// Whether it goes on.
    package let status: ConversationStatus
    /// How many messages it has.
    package let messageCount: Int32
    /// When the last one came or went.
    package let lastMessage: Timestamp

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("phone_number", String?.self),
        Column("status", ConversationStatus.self), Column("message_count", Int32.self),
        Column("last_message_at", Timestamp.self)
    ) { Conversation(id: $0, phoneNumber: $1, status: $2, messageCount: $3, lastMessage: $4) }
}

/// Statements about conversations.
package enum ConversationStatements: StatementList {
    /// Those of a status, the latest first.
    package static let ofStatus = Statement(
        "conversations_of_status", .reads,
        """
        SELECT id, phone_number, status, message_count, last_message_at FROM conversations
        WHERE status = $1::"ConversationStatus" AND last_message_at < $2 AND deleted_at IS NULL
        ORDER BY last_message_at DESC LIMIT $3
        """, takes: ConversationStatus.self, Timestamp.self, Int.self, gives: Conversation.self)

    /// The latest.
    package static let recent = Statement(
        "conversations_recent", .reads,
        """
        SELECT id, phone_number, status, message_count, last_message_at FROM conversations
        WHERE last_message_at < $1 AND deleted_at IS NULL ORDER BY last_message_at DESC LIMIT $2
        """, takes: Timestamp.self, Int.self, gives: Conversation.self)

    /// The one with a number.
    package static let withNumber = Statement(
        "conversation_with_number", .reads,
        """
        SELECT id, phone_number, status, message_count, last_message_at FROM conversations
        WHERE phone_number = $1 AND deleted_at IS NULL
        """, takes: String.self, gives: Conversation.self)

    /// Closes conversations whose window is over, so many at most. The platform does it, for all salons.
    package static let expire = Statement(
        "conversations_expire", .writesRepeatably,
        """
        UPDATE conversations SET status = 'EXPIRED' WHERE (salon_id, id) IN (
            SELECT salon_id, id FROM conversations WHERE status = 'ACTIVE' AND window_expires_at <= now()
            ORDER BY window_expires_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
        """, takes: Int.self, gives: .none)

    /// Each of them.
    package static let all: [any AnyStatement] = [expire, ofStatus, recent, withNumber]
}
