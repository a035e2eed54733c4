package import Basics
package import Postgres
package import Store

/// Statements about bookings.
package enum BookingStatements: StatementList {
    /// The booking of a code.
    package static let byCode = Statement(
        "booking_by_code", .reads,
        """
        SELECT id, booking_code, customer_phone, service, start_ts, end_ts, status, version FROM bookings
        WHERE booking_code = $1 AND deleted_at IS NULL
        """, takes: String.self, gives: Booking.self)

    /// Those that begin in a time, for a calendar and for what is in the way of something.
    package static let beginning = Statement(
        "bookings_beginning", .reads,
        """
        SELECT id, booking_code, customer_phone, service, start_ts, end_ts, status, version FROM bookings
        WHERE start_ts >= $1 AND start_ts < $2 AND deleted_at IS NULL
        ORDER BY start_ts LIMIT $3
        """, takes: Timestamp.self, Timestamp.self, Int.self, gives: Booking.self)

    /// Those of a status that begin after a moment.
    package static let ofStatus = Statement(
        "bookings_of_status", .reads,
        """
        SELECT id, booking_code, customer_phone, service, start_ts, end_ts, status, version FROM bookings
        WHERE status = $1::"BookingStatus" AND start_ts >= $2 AND deleted_at IS NULL
        ORDER BY start_ts LIMIT $3
        """, takes: BookingStatus.self, Timestamp.self, Int.self, gives: Booking.self)

    /// Those of a customer, by number, the latest first.
    package static let ofCustomer = Statement(
        "bookings_of_customer", .reads,
        """
        SELECT id, booking_code, customer_phone, service, start_ts, end_ts, status, version FROM bookings
        WHERE customer_phone = $1 AND deleted_at IS NULL
        ORDER BY start_ts DESC LIMIT $2
        """, takes: String.self, Int.self, gives: Booking.self)

    /// Those of several keys, for lists that refer to them.
    package static let byKeys = Statement(
        "bookings_by_keys", .reads,
        """
        SELECT id, booking_code, customer_phone, service, start_ts, end_ts, status, version FROM bookings
        WHERE id = ANY ($1) AND deleted_at IS NULL
        """, takes: [PostgresUUID].self, gives: Booking.self)

    /// Each of them.
    package static let all: [any AnyStatement] = [byCode, beginning, ofStatus, ofCustomer, byKeys]
}
