package import Basics
package import Messaging
package import Postgres
package import Store

/// A message that waits to be sent, with everything that sending it takes.
package struct PendingMessage: StatementRow {
    /// Its key.
    package let id: PostgresUUID
    /// What has become of it.
    package let status: MessageStatus
    /// How many seconds ago WhatsApp was last called for it, where it is not known that this did nothing.
    package let secondsSinceAttempt: Double?
    /// What it says.
    package let payload: PostgresJSON?
    /// Whether it may be sent outside of the window.
    package let isTemplate: Bool
    /// The customer's number.
    package let phone: String?
    /// WhatsApp's identifier of the customer.
    package let userID: String?
    /// Whether the customer is not to be written to.
    package let isBlocked: Bool
    /// When the window ends.
    package let windowEnd: Timestamp?
    /// The database's time.
    package let now: Timestamp

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("status", MessageStatus.self),
        Column("since_attempt", Double?.self), Column("payload", PostgresJSON?.self), Column("is_template", Bool.self),
        Column("phone", String?.self), Column("user_id", String?.self), Column("is_blocked", Bool.self),
        Column("window_expires_at", Timestamp?.self), Column("now", Timestamp.self)
    ) {
        PendingMessage(
            id: $0, status: $1, secondsSinceAttempt: $2, payload: $3, isTemplate: $4, phone: $5, userID: $6,
            isBlocked: $7, windowEnd: $8, now: $9)
    }
}

/// A salon as a sender.
package struct SendingSalon: StatementRow {
    /// The identifier of its number.
    package let phoneNumberID: String
    /// The account that its number belongs to.
    package let account: String?
    /// What WhatsApp knows it by.
    package let token: SealedText?
    /// How many messages its number may send in a second.
    package let messagesPerSecond: Int32
    /// To how many people a day who have not written first; nil for any number.
    package let newRecipientsPerDay: Int32?
    /// Whether it may send at all.
    package let maySend: Bool

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("phone_number_id", String.self), Column("business_account_id", String?.self),
        Column("access_token", SealedText?.self), Column("messages_per_second", Int32.self),
        Column("new_recipients_per_day", Int32?.self), Column("may_send", Bool.self)
    ) {
        SendingSalon(
            phoneNumberID: $0, account: $1, token: $2, messagesPerSecond: $3, newRecipientsPerDay: $4, maySend: $5)
    }
}

/// Statements of the sender.
package enum SendingStatements: StatementList {
    /// A message with what sending it takes. The number is the one that is known now, not when it was written.
    package static let pending = Statement(
        "sending_pending", .reads,
        """
        SELECT m.id, m.status,
            extract(epoch FROM now() - m.attempted_at)::double precision AS since_attempt, m.payload,
            m.message_type = 'TEMPLATE' AS is_template,
            coalesce(k.phone_number, c.phone_number, m.phone_number) AS phone, k.whatsapp_user_id AS user_id,
            coalesce(c.status = 'BLOCKED', false) AS is_blocked, c.window_expires_at, now() AS now
        FROM messages AS m
        LEFT JOIN conversations AS c ON c.salon_id = m.salon_id AND c.id = m.conversation_id
        LEFT JOIN customers AS k ON k.salon_id = m.salon_id AND k.id = m.customer_id
        WHERE m.id = $1 AND m.direction = 'OUTBOUND'
            AND m.created_at BETWEEN uuid_time($1) - interval '1 day' AND uuid_time($1) + interval '1 day'
        """, takes: PostgresUUID.self, gives: PendingMessage.self)

    /// The salon as a sender.
    package static let salon = Statement(
        "sending_salon", .reads,
        """
        SELECT phone_number_id, business_account_id, access_token, messages_per_second, new_recipients_per_day,
            is_active AND deleted_at IS NULL AND sending_stopped_at IS NULL AS may_send
        FROM salons WHERE id = current_salon()
        """, gives: SendingSalon.self)

    /// Notes that WhatsApp is about to be called; nothing when it has been already, or there is nothing to send any more.
    package static let attempt = Statement(
        "sending_attempt", .writes,
        """
        UPDATE messages SET attempted_at = now(), updated_at = now()
        WHERE id = $1 AND status = 'QUEUED' AND attempted_at IS NULL
            AND created_at BETWEEN uuid_time($1) - interval '1 day' AND uuid_time($1) + interval '1 day'
        RETURNING id
        """, takes: PostgresUUID.self, gives: RowShape(Column("id", PostgresUUID.self)) { $0 })

    /// Takes that back: the call did nothing.
    package static let takeBack = Statement(
        "sending_take_back", .writesRepeatably,
        """
        UPDATE messages SET attempted_at = NULL, updated_at = now()
        WHERE id = $1 AND status = 'QUEUED'
            AND created_at BETWEEN uuid_time($1) - interval '1 day' AND uuid_time($1) + interval '1 day'
        """, takes: PostgresUUID.self, gives: .none)

    /// WhatsApp has the message, under its identifier.
    package static let sent = Statement(
        "sending_sent", .writesRepeatably,
        """
        UPDATE messages SET status = CASE WHEN status = 'QUEUED' THEN 'SENT' ELSE status END,
            whatsapp_id = coalesce(whatsapp_id, $2), sent_at = coalesce(sent_at, now()), updated_at = now()
        WHERE id = $1
            AND created_at BETWEEN uuid_time($1) - interval '1 day' AND uuid_time($1) + interval '1 day'
        """, takes: PostgresUUID.self, String.self, gives: .none)

    /// The message did not go out, for WhatsApp's code or none, and why. One that is known to be further stays there.
    package static let failed = Statement(
        "sending_failed", .writesRepeatably,
        """
        UPDATE messages SET status = 'FAILED', failed_at = now(), error_code = $2, error = $3, updated_at = now()
        WHERE id = $1 AND status = 'QUEUED'
            AND created_at BETWEEN uuid_time($1) - interval '1 day' AND uuid_time($1) + interval '1 day'
        """, takes: PostgresUUID.self, Int32?.self, String.self, gives: .none)

    /// Lets the salon send nothing more until its token is set again, which clears this.
    package static let stop = Statement(
        "sending_stop", .writesRepeatably,
        """
        UPDATE salons SET sending_stopped_at = now(), sending_stopped_because = $1
        WHERE id = current_salon() AND sending_stopped_at IS NULL
        """, takes: String.self, gives: .none)

    /// Who got a template from the salon in the last day, and how many seconds ago: what the limit of new recipients was
    /// used for before this process began.
    package static let recipients = Statement(
        "sending_recipients", .reads,
        """
        SELECT coalesce(k.phone_number, k.whatsapp_user_id, m.phone_number) AS recipient,
            min(extract(epoch FROM now() - m.attempted_at))::double precision AS seconds
        FROM messages AS m LEFT JOIN customers AS k ON k.salon_id = m.salon_id AND k.id = m.customer_id
        WHERE m.created_at > now() - interval '2 days' AND m.attempted_at > now() - interval '1 day'
            AND m.message_type = 'TEMPLATE'
            AND coalesce(k.phone_number, k.whatsapp_user_id, m.phone_number) IS NOT NULL
        GROUP BY 1
        """, gives: RowShape(Column("recipient", String.self), Column("seconds", Double.self)) { ($0, $1) })

    /// Each of them.
    package static let all: [any AnyStatement] = [
        pending, salon, attempt, takeBack, sent, failed, stop, recipients,
    ]
}
