package import Postgres

/// Something that must happen outside because of a commit.
package struct OutboxMessage: StatementRow {
    /// Its key, by which a receiver recognises it when it comes twice.
    package let id: PostgresUUID
    /// The salon that it concerns; nil for the platform's own.
    package let salon: PostgresUUID?
    /// Who it is for.
    package let topic: String
    /// What it says.
    package let payload: PostgresJSON
    /// How often it was handed on, this time included.
    package let attempts: Int32

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("salon_id", PostgresUUID?.self), Column("topic", String.self),
        Column("payload", PostgresJSON.self), Column("attempts", Int32.self)
    ) { OutboxMessage(id: $0, salon: $1, topic: $2, payload: $3, attempts: $4) }
}

/// Statements about the outbox.
package enum OutboxStatements: StatementList {
    /// Puts a message in, within the transaction that makes it necessary.
    package static let put = Statement(
        "outbox_put", .writes, "INSERT INTO outbox (salon_id, topic, payload) VALUES (current_salon(), $1, $2)",
        takes: String.self, PostgresJSON.self, gives: .none)

    /// Takes messages that are due, for so many seconds: whoever does not finish one in that time leaves it to the next.
    package static let take = Statement(
        "outbox_take", .writes,
        """
        UPDATE outbox SET attempts = attempts + 1, available_at = now() + make_interval(secs => $2)
        WHERE id IN (
            SELECT id FROM outbox WHERE available_at <= now() ORDER BY available_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING id, salon_id, topic, payload, attempts
        """, takes: Int.self, Double.self, gives: OutboxMessage.self)

    /// Removes messages that were handed on.
    package static let done = Statement(
        "outbox_done", .writesRepeatably, "DELETE FROM outbox WHERE id = ANY ($1)", takes: [PostgresUUID].self,
        gives: .none)

    /// Puts one back that could not be handed on, for so many seconds, with the reason.
    package static let failed = Statement(
        "outbox_failed", .writesRepeatably,
        "UPDATE outbox SET last_error = $2, available_at = now() + make_interval(secs => $3) WHERE id = $1",
        takes: PostgresUUID.self, String.self, Double.self, gives: .none)

    /// Each of them.
    package static let all: [any AnyStatement] = [put, take, done, failed]
}
