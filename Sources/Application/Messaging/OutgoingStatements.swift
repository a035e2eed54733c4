import Basics
package import Postgres
package import Store

/// Statements that put messages up for sending.
package enum OutgoingStatements: StatementList {
    /// What is known of a conversation when something is to be said in it, and the database's time.
    package struct Sight: Hashable, Sendable {
        let status: ConversationStatus
        let windowEnd: Timestamp?
        let hasRecipient: Bool
        let now: Timestamp
    }

    /// A template of the salon.
    package struct KnownTemplate: Hashable, Sendable {
        let id: PostgresUUID
        let isApproved: Bool
    }

    /// Whether something may be said in a conversation. It is kept as it is until the transaction ends, so that nobody
    /// blocks the customer in between.
    package static let sight = Statement(
        "outgoing_sight", .writes,
        """
        SELECT c.status, c.window_expires_at, now() AS now,
            coalesce(k.phone_number, k.whatsapp_user_id::text, c.phone_number) IS NOT NULL AS has_recipient
        FROM conversations AS c LEFT JOIN customers AS k ON k.salon_id = c.salon_id AND k.id = c.customer_id
        WHERE c.id = $1 AND c.deleted_at IS NULL FOR NO KEY UPDATE OF c
        """, takes: PostgresUUID.self,
        gives: RowShape(
            Column("status", ConversationStatus.self), Column("window_expires_at", Timestamp?.self),
            Column("now", Timestamp.self), Column("has_recipient", Bool.self)
        ) { Sight(status: $0, windowEnd: $1, hasRecipient: $3, now: $2) })

    /// The templates that may be sent at any time.
    package static let templates = Statement(
        "outgoing_templates", .reads,
        """
        SELECT name, language FROM templates WHERE status = 'APPROVED' AND deleted_at IS NULL
        ORDER BY name, language LIMIT 20
        """, gives: TemplateName.self)

    /// A template by its name and language.
    package static let template = Statement(
        "outgoing_template", .reads,
        """
        SELECT id, status = 'APPROVED' AS is_approved FROM templates
        WHERE name = $1 AND language = $2 AND deleted_at IS NULL
        """, takes: String.self, String.self,
        gives: RowShape(Column("id", PostgresUUID.self), Column("is_approved", Bool.self)) {
            KnownTemplate(id: $0, isApproved: $1)
        })

    /// The message, what the outbox hands on, and what the inbox shows of the conversation, in one go.
    package static let put = Statement(
        "outgoing_put", .writes,
        """
        WITH message AS (
            INSERT INTO messages (
                salon_id, conversation_id, customer_id, phone_number, direction, message_type, content, payload, language,
                template_id, status)
            SELECT c.salon_id, c.id, c.customer_id, c.phone_number, 'OUTBOUND', $2::text::"MessageType", $3, $4, $5, $6,
                'QUEUED'
            FROM conversations AS c WHERE c.id = $1
            RETURNING id
        ), counted AS (
            UPDATE conversations SET message_count = message_count + 1, last_message_at = greatest(last_message_at, now())
            WHERE id = $1
        ), handed AS (
            INSERT INTO outbox (salon_id, topic, payload)
            SELECT current_salon(), 'message.send', jsonb_build_object('message', id) FROM message
        )
        SELECT id FROM message
        """,
        takes: PostgresUUID.self, String.self, String?.self, PostgresJSON.self, String?.self, PostgresUUID?.self,
        gives: RowShape(Column("id", PostgresUUID.self)) { $0 })

    /// Each of them.
    package static let all: [any AnyStatement] = [sight, templates, template, put]
}
