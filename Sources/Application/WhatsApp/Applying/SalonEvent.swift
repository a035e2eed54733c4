package import Basics
package import Postgres

/// A line of the log that is to be applied for one salon.
package struct SalonEvent: Sendable {
    /// The line's key.
    package let log: PostgresUUID
    /// When it came in, as it stands in the log: without it, finding the line again means reading what is near it.
    package let received: Timestamp
    /// What it says.
    package let content: WebhookChange.Content

    /// A line by its key.
    package init(log: PostgresUUID, received: Timestamp, content: WebhookChange.Content) {
        self.log = log
        self.received = received
        self.content = content
    }
}
