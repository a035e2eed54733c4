package import Basics
package import Postgres
package import Store

/// What a booking has come to.
package enum BookingStatus: String, CaseIterable, PostgresEnumeration {
    /// It will take place.
    case confirmed = "CONFIRMED"
    /// It will not take place.
    case cancelled = "CANCELLED"
    /// It took place.
    case completed = "COMPLETED"
    /// The customer did not come.
    case noShow = "NO_SHOW"
    /// The slot is kept for somebody who has not confirmed yet.
    case held = "HELD"
}

/// A booking as lists show it.
package struct Booking: StatementRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// Its code, which people tell each other.
    package let code: String
    /// The customer's number, where it is known.
    package let customerPhone: String?
    /// What is booked.
    package let service: String
    /// When it begins.
    package let start: Timestamp
    /// When it ends.
    package let end: Timestamp
    /// What it has come to.
    package let status: BookingStatus
    /// How often it was changed, for optimistic locking.
    package let version: Int32

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("booking_code", String.self),
        Column("customer_phone", String?.self), Column("service", String.self), Column("start_ts", Timestamp.self),
        Column("end_ts", Timestamp.self), Column("status", BookingStatus.self), Column("version", Int32.self)
    ) {
        Booking(
            id: $0, code: $1, customerPhone: $2, service: $3, start: $4, end: $5, status: $6, version: $7)
    }
}
