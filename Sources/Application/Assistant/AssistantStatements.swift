package import Basics
package import Postgres
package import Store

/// A conversation that the assistant takes part in.
package struct AssistantConversation: StatementRow, Hashable {
    /// The conversation's key.
    package let conversation: PostgresUUID
    /// How many messages the assistant read and wrote.
    package let messageCount: Int32
    /// How many tokens that took.
    package let totalTokens: Int
    /// When it last did something.
    package let lastActivity: Timestamp

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("conversation_id", PostgresUUID.self), Column("message_count", Int32.self),
        Column("total_tokens", Int.self), Column("last_activity", Timestamp.self)
    ) { AssistantConversation(conversation: $0, messageCount: $1, totalTokens: $2, lastActivity: $3) }
}

/// Something that the assistant read or wrote.
package struct AssistantMessage: StatementRow, Hashable {
    /// When.
    package let created: Timestamp
    /// What was said.
    package let content: String
    /// What the customer was understood to want.
    package let intent: String?

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("created_at", Timestamp.self), Column("content", String.self), Column("intent", String?.self)
    ) { AssistantMessage(created: $0, content: $1, intent: $2) }
}

/// Statements about what the assistant does.
package enum AssistantStatements: StatementList {
    /// The conversations in which it was last active.
    package static let active = Statement(
        "assistant_active", .reads,
        """
        SELECT conversation_id, message_count, total_tokens, last_activity FROM ai_conversations
        WHERE last_activity < $1 ORDER BY last_activity DESC LIMIT $2
        """, takes: Timestamp.self, Int.self, gives: AssistantConversation.self)

    /// The last messages of a conversation: what the assistant is told of it.
    package static let history = Statement(
        "assistant_history", .reads,
        """
        SELECT created_at, content, intent FROM ai_messages
        WHERE conversation_id = $1 AND created_at < $2 ORDER BY created_at DESC LIMIT $3
        """, takes: PostgresUUID.self, Timestamp.self, Int.self, gives: AssistantMessage.self)

    /// The last messages of the salon.
    package static let ofSalon = Statement(
        "assistant_messages_of_salon", .reads,
        """
        SELECT created_at, content, intent FROM ai_messages
        WHERE created_at < $1 ORDER BY created_at DESC LIMIT $2
        """, takes: Timestamp.self, Int.self, gives: AssistantMessage.self)

    /// Each of them.
    package static let all: [any AnyStatement] = [active, history, ofSalon]
}
