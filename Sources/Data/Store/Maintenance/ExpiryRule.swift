/// Rows that a table forgets once they are old enough.
package struct ExpiryRule: Hashable, Sendable {
    /// The table.
    package var table: String
    /// When a row is over, as a condition.
    package var condition: String
    /// How many rows go in one transaction.
    package var batch: Int

    /// A rule of the program's own; the condition is SQL and never comes from outside.
    package init(_ table: String, where condition: String, batch: Int = 5_000) {
        self.table = table
        self.condition = condition
        self.batch = batch
    }

    /// Those of the product's tables. WhatsApp delivers again for at most seven days.
    package static let standard = [
        ExpiryRule("message_keys", where: "created_at < now() - interval '30 days'"),
        ExpiryRule("message_statuses", where: "created_at < now() - interval '30 days'"),
        ExpiryRule("idempotency_keys", where: "expires_at < now()"),
        ExpiryRule("sessions", where: "expires_at < now()"),
        ExpiryRule("conversation_days", where: "day < current_date - 60"),
    ]

    /// Deletes one batch. Rows that somebody works on are left for the next time.
    var statement: String {
        """
        DELETE FROM \(table) WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM \(table) WHERE \(condition) LIMIT \(batch) FOR UPDATE SKIP LOCKED))
        """
    }
}
