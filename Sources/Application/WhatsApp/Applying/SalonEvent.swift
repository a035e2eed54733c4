package import Basics
package import Postgres

/// A line of the log that is to be applied for one salon.
package struct SalonEvent: Sendable {
    /// The line's key, which carries the moment at which it was written.
    package let log: PostgresUUID
    /// What it says.
    package let content: WebhookChange.Content

    /// A line by its key.
    package init(log: PostgresUUID, content: WebhookChange.Content) {
        self.log = log
        self.content = content
    }

    /// When it came in.
    package var received: Timestamp { log.moment }
}
