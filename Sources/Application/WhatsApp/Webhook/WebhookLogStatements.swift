package import Basics
package import Postgres
package import Store

/// What has become of an event.
package enum WebhookStatus: String, CaseIterable, PostgresEnumeration {
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

    /// Keeps lines. What is not to be applied is done with.
    package static let keep = Statement(
        "webhook_logs_keep", .writes,
        """
        INSERT INTO webhook_logs (
            id, created_at, salon_id, event_type, payload, payload_bytes, status, error, processed_at)
        SELECT id, created_at, salon_id, event_type, payload, payload_bytes, status::"WebhookStatus", error,
            CASE WHEN status <> 'RECEIVED' THEN created_at END
        FROM unnest(
            $1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::jsonb[], $6::bytea[], $7::text[], $8::text[])
            AS line (id, created_at, salon_id, event_type, payload, payload_bytes, status, error)
        """,
        takes: [PostgresUUID].self, [Timestamp].self, [PostgresUUID?].self, [String].self, [PostgresJSON?].self,
        [[UInt8]?].self, [String].self, [String?].self, gives: .none)

    /// Lines that came in before a moment and have not been applied, the oldest first. The platform asks.
    package static let left = Statement(
        "webhook_logs_left", .reads,
        """
        SELECT id, created_at, salon_id, status, payload FROM webhook_logs
        WHERE status = 'RECEIVED' AND created_at < now() - make_interval(secs => $1) ORDER BY created_at LIMIT $2
        """, takes: Double.self, Int.self, gives: StoredLine.self)

    /// Lines that came in from one moment until before another, behind a line, in their order; of one salon or of all. The
    /// platform asks.
    package static let stretch = Statement(
        "webhook_logs_stretch", .reads,
        """
        SELECT id, created_at, salon_id, status, payload FROM webhook_logs
        WHERE created_at >= $1 AND created_at < $2 AND (created_at, id) > ($3, $4)
            AND ($5::uuid IS NULL OR salon_id = $5) ORDER BY created_at, id LIMIT $6
        """,
        takes: Timestamp.self, Timestamp.self, Timestamp.self, PostgresUUID.self, PostgresUUID?.self, Int.self,
        gives: StoredLine.self)

    /// Each of them.
    package static let all: [any AnyStatement] = [ofSalon, ofStatus, keep, left, stretch]
}

/// A line of the log as it is read to be applied.
package struct StoredLine: StatementRow {
    /// Its key.
    package let id: PostgresUUID
    /// When it came in.
    package let created: Timestamp
    /// Whose it is.
    package let salon: PostgresUUID?
    /// What has become of it.
    package let status: WebhookStatus
    /// What came; nil when it is kept as bytes.
    package let payload: PostgresJSON?

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("created_at", Timestamp.self), Column("salon_id", PostgresUUID?.self),
        Column("status", WebhookStatus.self), Column("payload", PostgresJSON?.self)
    ) { StoredLine(id: $0, created: $1, salon: $2, status: $3, payload: $4) }
}
