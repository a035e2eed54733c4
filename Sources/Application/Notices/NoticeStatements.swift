package import Postgres
package import Store

/// Where a customer is told something, and in which language.
package struct NoticeAddress: StatementRow, Hashable {
    /// The conversation.
    package let conversation: PostgresUUID
    /// The customer's language, else the salon's.
    package let language: String
    /// The salon's name.
    package let salon: String
    /// Whether the salon may write freely now.
    package let isOpen: Bool

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("language", String.self), Column("name", String.self),
        Column("is_open", Bool.self)
    ) { NoticeAddress(conversation: $0, language: $1, salon: $2, isOpen: $3) }
}

/// Statements about what customers are told without having asked.
package enum NoticeStatements: StatementList {
    /// Makes sure that there is a conversation with a customer. One that begins so has no window.
    package static let open = Statement(
        "notice_open", .writesRepeatably,
        """
        INSERT INTO conversations (salon_id, customer_id, phone_number, status)
        SELECT c.salon_id, c.id, c.phone_number, 'EXPIRED' FROM customers AS c
        WHERE c.id = $1 AND c.deleted_at IS NULL ON CONFLICT DO NOTHING
        """, takes: PostgresUUID.self, gives: .none)

    /// Where the customer is told.
    package static let address = Statement(
        "notice_address", .reads,
        """
        SELECT v.id, coalesce(c.language, s.language) AS language, s.name,
            coalesce(v.window_expires_at > now(), false) AS is_open
        FROM customers AS c JOIN conversations AS v ON v.salon_id = c.salon_id AND v.customer_id = c.id
        JOIN salons AS s ON s.id = c.salon_id
        WHERE c.id = $1 AND c.deleted_at IS NULL AND v.deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: NoticeAddress.self)

    /// Notes that somebody is told; returns nothing when that was noted before. What is noted is forgotten after a month,
    /// long after anybody could try again.
    package static let once = Statement(
        "notice_once", .writes,
        """
        INSERT INTO idempotency_keys (salon_id, key, request_hash, response_status, expires_at)
        VALUES (current_salon(), 'notice ' || $1, sha256($1::bytea), 0, now() + interval '30 days')
        ON CONFLICT (salon_id, key) DO NOTHING RETURNING true AS is_first
        """, takes: String.self, gives: RowShape(Column("is_first", Bool.self)) { $0 })

    /// In which language WhatsApp has approved a template that somebody reads: in exactly his, like `pt_BR`, else in
    /// another form of it, so that who speaks `pt` is told in `pt_BR`.
    package static let language = Statement(
        "notice_language", .reads,
        """
        SELECT language FROM templates
        WHERE name = $1 AND status = 'APPROVED' AND deleted_at IS NULL
            AND split_part(lower(language), '_', 1) = split_part(replace(lower($2), '-', '_'), '_', 1)
        ORDER BY lower(language) = replace(lower($2), '-', '_') DESC, language LIMIT 1
        """, takes: String.self, String.self, gives: RowShape(Column("language", String.self)) { $0 })

    /// Each of them.
    package static let all: [any AnyStatement] = [open, address, once, language]
}
