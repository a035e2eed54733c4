package import Basics
package import Postgres
package import Store

/// Statements about what WhatsApp tells of messages that went out.
///
/// What was told stands in `message_statuses`, each state once; `messages` shows what follows from all of it. So it does
/// not matter in which order states come, nor whether they come before it is known whose they are: `merge` may be run
/// again at any time.
///
/// A state that comes while the message is being named (`name`) could be seen by neither: each would look before the
/// other has committed. Both take `lock` first, and look afterwards.
package enum StatusStatements: StatementList {
    /// Keeps what was told; returns what had not been told before.
    package static let keep = Statement(
        "message_statuses_keep", .writes,
        """
        INSERT INTO message_statuses (salon_id, whatsapp_id, status, happened_at, error_code, error, price)
        SELECT current_salon(), * FROM unnest(
            $1::text[], $2::text[]::"MessageStatus"[], $3::timestamptz[], $4::integer[], $5::text[], $6::numeric[])
        ON CONFLICT DO NOTHING
        RETURNING whatsapp_id, status
        """,
        takes: [String].self, [String].self, [Timestamp].self, [Int32?].self, [String?].self, [PostgresNumeric?].self,
        gives: RowShape(Column("whatsapp_id", String.self), Column("status", MessageStatus.self)) {
            StatusName(whatsappID: $0, status: $1)
        })

    /// Lets nobody else name or merge these messages until the transaction ends.
    package static let lock = Statement(
        "message_statuses_lock", .writes,
        """
        SELECT pg_advisory_xact_lock(key) IS NULL AS locked FROM (
            SELECT DISTINCT hashtextextended(id, 20261122) AS key FROM unnest($1::text[]) AS id ORDER BY 1) AS keys
        """, takes: [String].self, gives: RowShape(Column("locked", Bool.self)) { _ in })

    /// Says which messages of ours WhatsApp's identifiers are: pairs of both. One that is not a message which goes out, or
    /// has another identifier already, is left alone.
    package static let name = Statement(
        "message_keys_name", .writes,
        """
        INSERT INTO message_keys (salon_id, whatsapp_id, message_id)
        SELECT current_salon(), told.whatsapp_id, told.message_id
        FROM unnest($1::text[], $2::uuid[]) AS told (whatsapp_id, message_id)
        WHERE EXISTS (
            SELECT FROM messages AS m WHERE m.id = told.message_id AND m.direction = 'OUTBOUND'
                AND coalesce(m.whatsapp_id, told.whatsapp_id) = told.whatsapp_id
                AND m.created_at BETWEEN uuid_time(told.message_id) - interval '1 day'
                    AND uuid_time(told.message_id) + interval '1 day')
        ORDER BY 2
        ON CONFLICT DO NOTHING
        """, takes: [String].self, [PostgresUUID].self, gives: .none)

    /// Makes messages what follows from all that was told of them; returns those that it found. Their cost is known when
    /// they are delivered, and counts for the conversation then.
    package static let merge = Statement(
        "message_statuses_merge", .writesRepeatably,
        """
        WITH told AS (
            SELECT k.message_id, k.whatsapp_id, max(message_status_rank(s.status)) AS rank,
                (array_agg(s.status ORDER BY message_status_rank(s.status) DESC))[1] AS status,
                min(s.happened_at) FILTER (WHERE s.status = 'SENT') AS sent_at,
                min(s.happened_at) FILTER (WHERE s.status = 'DELIVERED') AS delivered_at,
                min(s.happened_at) FILTER (WHERE s.status = 'READ') AS read_at,
                min(s.happened_at) FILTER (WHERE s.status = 'FAILED') AS failed_at,
                min(s.error_code) AS error_code, min(s.error) AS error, max(s.price) AS price
            FROM message_keys AS k JOIN message_statuses AS s USING (salon_id, whatsapp_id)
            WHERE k.whatsapp_id = ANY ($1)
            GROUP BY k.message_id, k.whatsapp_id
        ), before AS (
            SELECT m.id, m.created_at, m.conversation_id, m.cost, t.whatsapp_id,
                CASE WHEN t.rank > message_status_rank(m.status) THEN t.status ELSE m.status END AS status,
                greatest(t.rank, message_status_rank(m.status)) AS rank,
                t.sent_at, t.delivered_at, t.read_at, t.failed_at, t.error_code, t.error, t.price
            FROM told AS t JOIN messages AS m ON m.id = t.message_id
                AND m.created_at BETWEEN uuid_time(t.message_id) - interval '1 day'
                    AND uuid_time(t.message_id) + interval '1 day'
            WHERE m.direction = 'OUTBOUND'
            ORDER BY m.id FOR NO KEY UPDATE OF m
        ), merged AS (
            UPDATE messages AS m SET status = b.status, whatsapp_id = coalesce(m.whatsapp_id, b.whatsapp_id),
                sent_at = least(m.sent_at, b.sent_at), delivered_at = coalesce(b.delivered_at, m.delivered_at),
                read_at = coalesce(b.read_at, m.read_at), failed_at = coalesce(b.failed_at, m.failed_at),
                error_code = CASE WHEN b.status = 'FAILED' THEN coalesce(b.error_code, m.error_code) END,
                error = CASE WHEN b.status = 'FAILED' THEN coalesce(b.error, m.error) END,
                cost = CASE WHEN b.rank > 2 THEN coalesce(m.cost, b.price) ELSE m.cost END, updated_at = now()
            FROM before AS b
            WHERE m.id = b.id AND m.created_at = b.created_at
            RETURNING m.id, m.conversation_id, m.status, m.whatsapp_id,
                CASE WHEN b.cost IS NULL THEN m.cost END AS newly_billed
        ), billed AS (
            UPDATE conversations AS c SET cost = c.cost + sums.cost
            FROM (
                SELECT conversation_id, sum(newly_billed) AS cost FROM merged
                WHERE newly_billed > 0 GROUP BY conversation_id) AS sums
            WHERE c.id = sums.conversation_id
        )
        SELECT id, conversation_id, status FROM merged
        """, takes: [String].self,
        gives: RowShape(
            Column("id", PostgresUUID.self), Column("conversation_id", PostgresUUID?.self),
            Column("status", MessageStatus.self)
        ) { MergedMessage(id: $0, conversation: $1, status: $2) })

    /// Each of them.
    package static let all: [any AnyStatement] = [keep, lock, name, merge]
}

/// A state of a message by WhatsApp's identifier.
package struct StatusName: Hashable, Sendable {
    /// WhatsApp's identifier of the message.
    package let whatsappID: String
    /// The state.
    package let status: MessageStatus

    /// A state of a message.
    package init(whatsappID: String, status: MessageStatus) {
        self.whatsappID = whatsappID
        self.status = status
    }
}

/// A message after what was told of it was taken in.
package struct MergedMessage: Hashable, Sendable {
    /// Its key.
    package let id: PostgresUUID
    /// Its conversation.
    package let conversation: PostgresUUID?
    /// What has become of it.
    package let status: MessageStatus
}
