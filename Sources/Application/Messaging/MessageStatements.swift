package import Basics
package import Postgres
package import Store

/// Statements about messages. Each names a moment before which it looks: that is how lists are paged, and it spares the
/// partitions behind it.
package enum MessageStatements: StatementList {
    /// The message of a key. The key carries the moment, which leads to the partition.
    package static let byKey = Statement(
        "message_by_key", .reads,
        """
        SELECT id, created_at, direction, content, status FROM messages
        WHERE id = $1 AND created_at BETWEEN uuid_time($1) - interval '1 day' AND uuid_time($1) + interval '1 day'
        """, takes: PostgresUUID.self, gives: Message.self)

    /// The salon's, the latest first.
    package static let ofSalon = Statement(
        "messages_of_salon", .reads,
        """
        SELECT id, created_at, direction, content, status FROM messages
        WHERE created_at < $1 ORDER BY created_at DESC LIMIT $2
        """, takes: Timestamp.self, Int.self, gives: Message.self)

    /// A conversation's, the latest first.
    package static let ofConversation = Statement(
        "messages_of_conversation", .reads,
        """
        SELECT id, created_at, direction, content, status FROM messages
        WHERE conversation_id = $1 AND created_at < $2 ORDER BY created_at DESC LIMIT $3
        """, takes: PostgresUUID.self, Timestamp.self, Int.self, gives: Message.self)

    /// Those with a number, the latest first.
    package static let ofNumber = Statement(
        "messages_of_number", .reads,
        """
        SELECT id, created_at, direction, content, status FROM messages
        WHERE phone_number = $1 AND created_at < $2 ORDER BY created_at DESC LIMIT $3
        """, takes: String.self, Timestamp.self, Int.self, gives: Message.self)

    /// Those with certain words, the latest first.
    package static let search = Statement(
        "messages_search", .reads,
        "SELECT id, created_at, direction, content, status FROM search_messages($1, $2, $3)",
        takes: String.self, Timestamp.self, Int32.self, gives: Message.self)

    /// Each of them.
    package static let all: [any AnyStatement] = [byKey, ofSalon, ofConversation, ofNumber, search]
}
