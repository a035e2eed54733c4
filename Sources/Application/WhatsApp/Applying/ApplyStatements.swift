package import Basics
package import Postgres
package import Store

/// Statements with which lines of the log are applied, all of them in one transaction of one salon.
package enum ApplyStatements: StatementList {
    /// Lets nobody else apply lines of this salon until the transaction ends.
    ///
    /// The commit need not reach the disk: whatever it loses is applied again from the log, which has. What goes out because
    /// of it is taken from the outbox by a commit that does, and the log of PostgreSQL is written in order.
    package static let begin = Statement(
        "apply_begin", .writes,
        """
        SELECT set_config('synchronous_commit', 'off', true) AS commit,
            pg_advisory_xact_lock(hashtextextended('apply ' || current_salon(), 0))::text AS lock
        """, gives: RowShape(Column("commit", String.self), Column("lock", String.self)) { _, _ in })

    /// Which of these messages are there, by their keys and moments.
    package static let present = Statement(
        "apply_present", .reads,
        """
        SELECT m.id FROM unnest($1::uuid[], $2::timestamptz[]) AS wanted (id, created_at)
        JOIN messages AS m ON m.id = wanted.id AND m.created_at = wanted.created_at
        """, takes: [PostgresUUID].self, [Timestamp].self, gives: RowShape(Column("id", PostgresUUID.self)) { $0 })

    /// The customers that are known by these numbers or identifiers, and their conversations.
    package static let customers = Statement(
        "apply_customers", .writes,
        """
        SELECT c.id, c.phone_number, c.whatsapp_user_id, c.username::text AS username, v.id AS conversation
        FROM customers AS c
        LEFT JOIN conversations AS v ON v.salon_id = c.salon_id AND v.customer_id = c.id
        WHERE (c.phone_number = ANY ($1) OR c.whatsapp_user_id = ANY ($2)) AND c.deleted_at IS NULL
        FOR NO KEY UPDATE OF c
        """, takes: [String].self, [String].self, gives: KnownCustomer.self)

    /// Takes their numbers from customers, so that others may have them.
    package static let release = Statement(
        "apply_customers_release", .writes,
        "UPDATE customers SET phone_number = NULL WHERE id = ANY ($1) AND phone_number IS NOT NULL",
        takes: [PostgresUUID].self, gives: .none)

    /// Takes their numbers from conversations.
    package static let releaseConversations = Statement(
        "apply_conversations_release", .writes,
        "UPDATE conversations SET phone_number = NULL WHERE customer_id = ANY ($1) AND phone_number IS NOT NULL",
        takes: [PostgresUUID].self, gives: .none)

    /// Customers go.
    package static let remove = Statement(
        "apply_customers_remove", .writes, "UPDATE customers SET deleted_at = now() WHERE id = ANY ($1)",
        takes: [PostgresUUID].self, gives: .none)

    /// New customers.
    package static let add = Statement(
        "apply_customers_add", .writes,
        """
        INSERT INTO customers (salon_id, id, phone_number, whatsapp_user_id, name, username)
        SELECT current_salon(), * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
        """,
        takes: [PostgresUUID].self, [String?].self, [String?].self, [String?].self, [String?].self, gives: .none)

    /// Customers are known by other names. The name that the salon calls them by is left alone where there is one.
    package static let change = Statement(
        "apply_customers_change", .writes,
        """
        UPDATE customers AS c SET phone_number = n.phone, whatsapp_user_id = n.user_id,
            name = coalesce(c.name, n.name), username = coalesce(n.username::citext, c.username)
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS n (id, phone, user_id, name, username)
        WHERE c.id = n.id
        """,
        takes: [PostgresUUID].self, [String?].self, [String?].self, [String?].self, [String?].self, gives: .none)

    /// Opens conversations with customers.
    package static let open = Statement(
        "apply_conversations_open", .writes,
        """
        INSERT INTO conversations (salon_id, id, customer_id, phone_number, started_at, last_message_at)
        SELECT current_salon(), o.id, o.customer_id, o.phone, o.began, o.began
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) AS o (id, customer_id, phone, began)
        """, takes: [PostgresUUID].self, [PostgresUUID].self, [String?].self, [Timestamp].self, gives: .none)

    /// Conversations show the numbers that their customers have by now.
    package static let renumber = Statement(
        "apply_conversations_renumber", .writes,
        """
        UPDATE conversations AS v SET phone_number = c.phone_number FROM customers AS c
        WHERE v.customer_id = ANY ($1) AND c.id = v.customer_id AND c.salon_id = v.salon_id
            AND v.phone_number IS DISTINCT FROM c.phone_number
        """, takes: [PostgresUUID].self, gives: .none)

    /// One customer's bookings and conversation become another's: who goes, who stays, and their conversations.
    package static let unite = Statement(
        "apply_customers_unite", .writes,
        """
        WITH booked AS (
            UPDATE bookings SET customer_id = $2 WHERE customer_id = $1
        ), said AS (
            UPDATE messages SET customer_id = $2, conversation_id = $4 WHERE conversation_id = $3
        ), kept AS (
            UPDATE conversations AS k SET message_count = k.message_count + g.message_count,
                unread_count = k.unread_count + g.unread_count, cost = k.cost + g.cost,
                started_at = least(k.started_at, g.started_at),
                last_message_at = greatest(k.last_message_at, g.last_message_at),
                window_expires_at = greatest(k.window_expires_at, g.window_expires_at),
                status = CASE WHEN g.status = 'BLOCKED' THEN g.status ELSE k.status END
            FROM conversations AS g WHERE g.id = $3 AND k.id = $4
        )
        UPDATE conversations SET deleted_at = now() WHERE id = $3
        """, takes: PostgresUUID.self, PostgresUUID.self, PostgresUUID?.self, PostgresUUID.self, gives: .none)

    /// Writes messages, moves their conversations on, and has each of them answered. One that is there already moves
    /// nothing.
    package static let write = Statement(
        "apply_messages_write", .writes,
        """
        WITH news AS (
            INSERT INTO messages (
                salon_id, id, created_at, conversation_id, customer_id, phone_number, direction, message_type, content,
                payload, language, status, whatsapp_id, sent_at)
            SELECT current_salon(), n.id, n.sent, n.conversation_id, n.customer_id, n.phone, 'INBOUND',
                n.kind::"MessageType", n.content, n.payload, $10, 'RECEIVED', n.key, n.sent
            FROM unnest(
                $1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::jsonb[],
                $9::text[]) AS n (id, sent, conversation_id, customer_id, phone, kind, content, payload, key)
            ON CONFLICT DO NOTHING
            RETURNING id, created_at, conversation_id, whatsapp_id
        ), named AS (
            INSERT INTO message_keys (salon_id, whatsapp_id, message_id)
            SELECT current_salon(), whatsapp_id, id FROM news ON CONFLICT DO NOTHING
        ), moved AS (
            UPDATE conversations AS c SET message_count = c.message_count + n.count,
                unread_count = c.unread_count + n.count, last_message_at = greatest(c.last_message_at, n.latest),
                window_expires_at = greatest(c.window_expires_at, n.latest + interval '24 hours'),
                status = CASE WHEN c.status = 'EXPIRED' AND n.latest > now() - interval '24 hours' THEN 'ACTIVE'
                    ELSE c.status END
            FROM (
                SELECT conversation_id, count(*)::integer AS count, max(created_at) AS latest
                FROM news GROUP BY conversation_id) AS n
            WHERE c.id = n.conversation_id
        )
        INSERT INTO outbox (salon_id, topic, payload)
        SELECT current_salon(), 'message.received', jsonb_build_object('conversation', conversation_id, 'message', id)
        FROM news
        """,
        takes: [PostgresUUID].self, [Timestamp].self, [PostgresUUID].self, [PostgresUUID].self, [String?].self,
        [String].self, [String?].self, [PostgresJSON].self, [String].self, String.self, gives: .none)

    /// What has become of a template, unless something later is known of it.
    package static let template = Statement(
        "apply_template", .writes,
        """
        UPDATE templates SET status = $3::"TemplateStatus", rejected_reason = $4, whatsapp_template_id = $5, told_at = $6
        WHERE name = $1 AND language = $2 AND deleted_at IS NULL AND (told_at IS NULL OR told_at < $6)
        """,
        takes: String.self, String.self, String.self, String?.self, String.self, Timestamp.self, gives: .none)

    /// What has become of lines of the log, of which the first came in at one moment and the last at another. Between them
    /// is hardly anything else, so it does not matter by which index they are found.
    package static let mark = Statement(
        "apply_mark", .writesRepeatably,
        """
        UPDATE webhook_logs SET status = $2::"WebhookStatus", error = $3, processed_at = now()
        WHERE id = ANY ($1) AND created_at BETWEEN $4 AND $5
        """,
        takes: [PostgresUUID].self, WebhookStatus.self, String?.self, Timestamp.self, Timestamp.self, gives: .none)

    /// Each of them.
    package static let all: [any AnyStatement] = [
        begin, present, customers, release, releaseConversations, remove, add, change, open, renumber, unite, write,
        template, mark,
    ]
}

/// A customer as he is known before lines are applied.
package struct KnownCustomer: StatementRow {
    /// The customer's key.
    package let id: PostgresUUID
    /// What he is known by.
    package let names: CustomerBook.Names
    /// The name that he is found by.
    package let username: String?
    /// The key of the conversation with him.
    package let conversation: PostgresUUID?

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("phone_number", String?.self),
        Column("whatsapp_user_id", String?.self), Column("username", String?.self),
        Column("conversation", PostgresUUID?.self)
    ) {
        KnownCustomer(id: $0, names: CustomerBook.Names(phone: $1, user: $2), username: $3, conversation: $4)
    }
}
