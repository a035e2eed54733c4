package import Basics
package import Postgres
package import Store

/// Statements with which people read what WhatsApp delivered, page by page.
package enum WebhookLogPages: StatementList {
    /// So many of the salon's before a moment and a key, the latest first.
    package static let page = Statement(
        "webhook_log_page", .reads,
        """
        SELECT id, created_at, event_type, status, error FROM webhook_logs
        WHERE created_at <= $1 AND (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3
        """, takes: Timestamp.self, PostgresUUID.self, Int.self, gives: WebhookLog.self)

    /// The same from a moment on and of a status, or of any.
    package static let filtered = Statement(
        "webhook_log_filtered", .reads,
        """
        SELECT id, created_at, event_type, status, error FROM webhook_logs
        WHERE created_at <= $1 AND (created_at, id) < ($1, $2) AND created_at >= $4
            AND ($5::text IS NULL OR status = $5::text::"WebhookStatus")
        ORDER BY created_at DESC, id DESC LIMIT $3
        """, takes: Timestamp.self, PostgresUUID.self, Int.self, Timestamp.self, WebhookStatus?.self,
        gives: WebhookLog.self)

    /// Each of them.
    package static let all: [any AnyStatement] = [page, filtered]
}
