package import Basics
package import Postgres
package import Store

/// What has become of an event.
package enum WebhookStatus: String, PostgresEnumeration {
    /// It is kept, and nothing has been done with it yet.
    case received = "RECEIVED"
    /// What it says was done.
    case processed = "PROCESSED"
    /// What it says could not be done.
    case failed = "FAILED"
    /// There was nothing to do.
    case ignored = "IGNORED"
}

/// An event that WhatsApp delivered.
package struct WebhookLog: StatementRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// When it came.
    package let created: Timestamp
    /// Its kind.
    package let event: String
    /// What has become of it.
    package let status: WebhookStatus
    /// Why it failed.
    package let error: String?

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("created_at", Timestamp.self), Column("event_type", String.self),
        Column("status", WebhookStatus.self), Column("error", String?.self)
    ) { WebhookLog(id: $0, created: $1, event: $2, status: $3, error: $4) }
}

/// Statements about the log of events.
package enum WebhookLogStatements: StatementList {
    /// The salon's, the latest first.
    package static let ofSalon = Statement(
        "webhook_logs_of_salon", .reads,
        """
        SELECT id, created_at, event_type, status, error FROM webhook_logs
        WHERE created_at < $1 ORDER BY created_at DESC LIMIT $2
        """, takes: Timestamp.self, Int.self, gives: WebhookLog.self)

    /// Those of a status, of all salons, the latest first. The platform asks.
    package static let ofStatus = Statement(
        "webhook_logs_of_status", .reads,
        """
        SELECT id, created_at, event_type, status, error FROM webhook_logs
        WHERE status = $1::"WebhookStatus" AND created_at < $2 ORDER BY created_at DESC LIMIT $3
        """, takes: WebhookStatus.self, Timestamp.self, Int.self, gives: WebhookLog.self)

    /// Each of them.
    package static let all: [any AnyStatement] = [ofSalon, ofStatus]
}
