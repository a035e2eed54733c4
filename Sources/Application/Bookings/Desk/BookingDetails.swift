package import Basics
package import Postgres
package import Store

/// A booking with everything that is known of it but its notes, which are sealed.
package struct BookingDetails: StatementRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// Its code, which people tell each other.
    package let code: String
    /// The customer's key, where he has one.
    package let customer: PostgresUUID?
    /// The customer's number, where it is known.
    package let customerPhone: String?
    /// The customer's name, where it is known.
    package let customerName: String?
    /// The service's key.
    package let serviceID: PostgresUUID?
    /// What was booked, as it was called then.
    package let service: String
    /// When it begins.
    package let start: Timestamp
    /// When it ends, without the buffer.
    package let end: Timestamp
    /// What the clocks show when it begins, as it was agreed on.
    package let localStart: WallTime
    /// The zone of those clocks.
    package let zone: String
    /// What it has come to.
    package let status: BookingStatus
    /// Until when it is held, by the database's clock.
    package let holdExpires: Timestamp?
    /// What the service cost then.
    package let price: PostgresNumeric?
    /// In which currency.
    package let currency: String?
    /// Which way it came: `api`, `chat`, `staff`, `waiting_list`.
    package let source: String
    /// When it was made.
    package let created: Timestamp
    /// When it was last changed.
    package let updated: Timestamp
    /// How often it was changed, for optimistic locking.
    package let version: Int32
    /// What it takes.
    package let resources: [PostgresUUID]

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("booking_code", String.self), Column("customer_id", PostgresUUID?.self),
        Column("customer_phone", String?.self), Column("customer_name", String?.self),
        Column("service_id", PostgresUUID?.self), Column("service", String.self), Column("start_ts", Timestamp.self),
        Column("end_ts", Timestamp.self), Column("local_start", WallTime.self), Column("timezone", String.self),
        Column("status", BookingStatus.self), Column("hold_expires_at", Timestamp?.self),
        Column("price", PostgresNumeric?.self), Column("currency", String?.self), Column("source", String.self),
        Column("created_at", Timestamp.self), Column("updated_at", Timestamp.self), Column("version", Int32.self),
        Column("resources", [PostgresUUID].self)
    ) {
        BookingDetails(
            id: $0, code: $1, customer: $2, customerPhone: $3, customerName: $4, serviceID: $5, service: $6, start: $7,
            end: $8, localStart: $9, zone: $10, status: $11, holdExpires: $12, price: $13, currency: $14, source: $15,
            created: $16, updated: $17, version: $18, resources: $19.sorted())
    }
}
