package import Basics
package import Postgres
package import Store

/// Which way a message went.
package enum MessageDirection: String, CaseIterable, PostgresEnumeration {
    /// From the customer.
    case inbound = "INBOUND"
    /// To the customer.
    case outbound = "OUTBOUND"
}

/// What has become of a message.
package enum MessageStatus: String, CaseIterable, PostgresEnumeration {
    /// WhatsApp has it.
    case sent = "SENT"
    /// It is on the customer's device.
    case delivered = "DELIVERED"
    /// The customer has seen it.
    case read = "READ"
    /// It did not arrive.
    case failed = "FAILED"
    /// It came from the customer.
    case received = "RECEIVED"
    /// It waits to be sent.
    case queued = "QUEUED"
    /// The customer has listened to it.
    case played = "PLAYED"
}

/// A message as a conversation shows it.
package struct Message: StatementRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// When it came in, or was put up for sending.
    package let created: Timestamp
    /// Which way it went.
    package let direction: MessageDirection
    /// Its text; none for what has no text.
    package let content: String?
    /// What has become of it.
    package let status: MessageStatus

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("created_at", Timestamp.self),
        Column("direction", MessageDirection.self), Column("content", String?.self),
        Column("status", MessageStatus.self)
    ) { Message(id: $0, created: $1, direction: $2, content: $3, status: $4) }
}
