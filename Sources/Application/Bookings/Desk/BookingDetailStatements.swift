package import Basics
package import Postgres
package import Store

/// Statements that read bookings with all their details.
package enum BookingDetailStatements: StatementList {
    /// What `BookingDetails` is made of, of a booking `b`.
    private static let columns = """
        b.id, b.booking_code, b.customer_id, b.customer_phone, b.customer_name, b.service_id, b.service, b.start_ts,
        b.end_ts, b.local_start, b.timezone, b.status, b.hold_expires_at, b.price, b.currency, b.source, b.created_at,
        b.updated_at, b.version,
        ARRAY(
            SELECT c.resource_id FROM booking_claims AS c
            WHERE c.salon_id = b.salon_id AND c.booking_id = b.id) AS resources
        """

    /// The booking of a code.
    package static let byCode = Statement(
        "booking_details_by_code", .reads,
        "SELECT \(columns) FROM bookings AS b WHERE b.booking_code = $1 AND b.deleted_at IS NULL",
        takes: String.self, gives: BookingDetails.self)

    /// Those of keys.
    package static let byKeys = Statement(
        "booking_details_by_keys", .reads,
        "SELECT \(columns) FROM bookings AS b WHERE b.id = ANY ($1) AND b.deleted_at IS NULL",
        takes: [PostgresUUID].self, gives: BookingDetails.self)

    /// The booking that a request made, with what was requested.
    static let byRequest = Statement(
        "booking_details_by_request", .reads,
        """
        SELECT \(columns) FROM booking_requests AS r
        JOIN bookings AS b ON b.salon_id = r.salon_id AND b.id = r.booking_id
        WHERE r.key = $1
        """, takes: String.self, gives: BookingDetails.self)

    /// What a key requested.
    static let requestHash = Statement(
        "booking_request_hash", .reads, "SELECT request_hash FROM booking_requests WHERE key = $1",
        takes: String.self, gives: RowShape(Column("request_hash", [UInt8].self)) { $0 })

    /// A booking that is about to be changed, with the database's clock. It keeps others from changing it.
    static let locked = Statement(
        "booking_locked", .writes,
        """
        SELECT status, version, start_ts, hold_expires_at, service_id, now() AS now FROM bookings
        WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE
        """, takes: PostgresUUID.self, gives: LockedBooking.self)

    /// Those that begin within a time, in order, behind one of them.
    package static let list = Statement(
        "booking_list", .reads,
        """
        SELECT \(columns) FROM bookings AS b
        WHERE b.start_ts >= $1 AND b.start_ts < $2 AND (b.start_ts, b.id) > ($3, $4)
            AND ($5::text IS NULL OR b.status = $5::text::"BookingStatus")
            AND ($6::uuid IS NULL OR b.customer_id = $6)
            AND ($7::uuid IS NULL OR EXISTS (
                SELECT FROM booking_claims AS c
                WHERE c.salon_id = b.salon_id AND c.booking_id = b.id AND c.resource_id = $7))
            AND b.deleted_at IS NULL
        ORDER BY b.start_ts, b.id LIMIT $8
        """,
        takes: Timestamp.self, Timestamp.self, Timestamp.self, PostgresUUID.self, BookingStatus?.self,
        PostgresUUID?.self, PostgresUUID?.self, Int.self, gives: BookingDetails.self)

    /// A customer's that are still to come, by key.
    package static let upcomingOfCustomer = Statement(
        "bookings_upcoming_of_customer", .reads,
        """
        SELECT \(columns) FROM bookings AS b
        WHERE b.customer_id = $1 AND b.start_ts > now() AND b.is_active AND b.deleted_at IS NULL
        ORDER BY b.start_ts LIMIT $2
        """, takes: PostgresUUID.self, Int.self, gives: BookingDetails.self)

    /// The same by number.
    package static let upcomingOfNumber = Statement(
        "bookings_upcoming_of_number", .reads,
        """
        SELECT \(columns) FROM bookings AS b
        WHERE b.customer_phone = $1 AND b.start_ts > now() AND b.is_active AND b.deleted_at IS NULL
        ORDER BY b.start_ts LIMIT $2
        """, takes: String.self, Int.self, gives: BookingDetails.self)

    /// A booking's notes.
    static let notes = Statement(
        "booking_notes", .reads, "SELECT notes FROM bookings WHERE id = $1 AND deleted_at IS NULL",
        takes: PostgresUUID.self, gives: RowShape(Column("notes", SealedText?.self)) { $0 })

    /// Each of them.
    package static let all: [any AnyStatement] = [
        byCode, byKeys, byRequest, requestHash, locked, list, upcomingOfCustomer, upcomingOfNumber, notes,
    ]
}

/// What decides whether a booking can be changed.
struct LockedBooking: StatementRow {
    let status: BookingStatus
    let version: Int32
    let start: Timestamp
    let holdExpires: Timestamp?
    let service: PostgresUUID?
    let now: Timestamp

    static let shape = RowShape(
        Column("status", BookingStatus.self), Column("version", Int32.self), Column("start_ts", Timestamp.self),
        Column("hold_expires_at", Timestamp?.self), Column("service_id", PostgresUUID?.self),
        Column("now", Timestamp.self)
    ) { LockedBooking(status: $0, version: $1, start: $2, holdExpires: $3, service: $4, now: $5) }
}
