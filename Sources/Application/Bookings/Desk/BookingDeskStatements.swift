import Basics
package import Postgres
package import Store

/// Statements that make and change bookings. Each tells the outbox of what it does: topic `booking.changed`.
package enum BookingDeskStatements: StatementList {
    /// Resources that are about to be taken, in the order of their keys, so that nobody waits in a circle.
    static let lockResources = Statement(
        "booking_lock_resources", .writes,
        """
        SELECT id FROM resources WHERE id = ANY ($1) AND is_active AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE
        """, takes: [PostgresUUID].self, gives: RowShape(Column("id", PostgresUUID.self)) { $0 })

    /// Ends holds that are over and in the way.
    static let releaseExpired = Statement(
        "booking_release_expired", .writes,
        """
        WITH released AS (
            UPDATE bookings SET status = 'CANCELLED', hold_expires_at = NULL
            WHERE salon_id = current_salon() AND id IN (
                SELECT b.id FROM bookings AS b
                WHERE b.salon_id = current_salon() AND b.status = 'HELD' AND b.hold_expires_at <= now()
                    AND b.id IN (SELECT booking_id FROM claims_between($1, $2, $3))
                FOR NO KEY UPDATE SKIP LOCKED)
            RETURNING salon_id, id, version
        )
        INSERT INTO outbox (salon_id, topic, payload)
        SELECT salon_id, 'booking.changed', jsonb_build_object('booking', id, 'version', version, 'what', 'expired')
        FROM released
        """, takes: [PostgresUUID].self, Timestamp.self, Timestamp.self, gives: .none)

    /// Ends all holds that are over, at most so many.
    package static let expire = Statement(
        "booking_expire", .writesRepeatably,
        """
        WITH released AS (
            UPDATE bookings SET status = 'CANCELLED', hold_expires_at = NULL
            WHERE salon_id = current_salon() AND id IN (
                SELECT b.id FROM bookings AS b
                WHERE b.salon_id = current_salon() AND b.status = 'HELD' AND b.hold_expires_at <= now()
                ORDER BY b.hold_expires_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
            RETURNING salon_id, id, version
        ), told AS (
            INSERT INTO outbox (salon_id, topic, payload)
            SELECT salon_id, 'booking.changed', jsonb_build_object('booking', id, 'version', version, 'what', 'expired')
            FROM released
        )
        SELECT id FROM released
        """, takes: Int.self, gives: RowShape(Column("id", PostgresUUID.self)) { $0 })

    /// A new booking with what it takes. A code that the salon has already makes none.
    static let insert = Statement(
        "booking_insert", .writes,
        """
        WITH booking AS (
            INSERT INTO bookings (
                salon_id, booking_code, customer_id, customer_phone, customer_name, service_id, service, start_ts,
                end_ts, local_start, timezone, price, currency, notes, source, status, hold_expires_at)
            VALUES (
                current_salon(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                CASE WHEN $15::interval IS NULL THEN 'CONFIRMED' ELSE 'HELD' END::"BookingStatus", now() + $15::interval)
            ON CONFLICT (booking_code, salon_id) DO NOTHING
            RETURNING salon_id, id, version, status
        ), claim AS (
            INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied)
            SELECT salon_id, id, resource, tstzrange($16, $17) FROM booking, unnest($18::uuid[]) AS resource
            ORDER BY resource
        ), request AS (
            INSERT INTO booking_requests (salon_id, key, booking_id, request_hash)
            SELECT salon_id, $19::text, id, $20 FROM booking WHERE $19::text IS NOT NULL
        ), told AS (
            INSERT INTO outbox (salon_id, topic, payload)
            SELECT salon_id, 'booking.changed', jsonb_build_object(
                'booking', id, 'version', version, 'what', CASE status WHEN 'HELD' THEN 'held' ELSE 'confirmed' END)
            FROM booking
        )
        SELECT id FROM booking
        """,
        takes: String.self, PostgresUUID?.self, String?.self, String?.self, PostgresUUID.self, String.self,
        Timestamp.self, Timestamp.self, WallTime.self, String.self, PostgresNumeric?.self, String?.self,
        SealedText?.self, String.self, PostgresInterval?.self, Timestamp.self, Timestamp.self, [PostgresUUID].self,
        String?.self, [UInt8]?.self, gives: RowShape(Column("id", PostgresUUID.self)) { $0 })

    /// Lets a booking become something else.
    static let changeStatus = Statement(
        "booking_change_status", .writes,
        """
        WITH booking AS (
            UPDATE bookings SET status = $2::text::"BookingStatus", hold_expires_at = NULL WHERE id = $1
            RETURNING salon_id, id, version
        )
        INSERT INTO outbox (salon_id, topic, payload)
        SELECT salon_id, 'booking.changed', jsonb_build_object('booking', id, 'version', version, 'what', $3::text)
        FROM booking
        """, takes: PostgresUUID.self, BookingStatus.self, String.self, gives: .none)

    /// What a booking takes, taken off it, so that it can be put elsewhere.
    static let removeClaims = Statement(
        "booking_remove_claims", .writes,
        """
        DELETE FROM booking_claims WHERE booking_id = $1
        RETURNING resource_id, lower(occupied) AS taken_from, upper(occupied) AS taken_until
        """, takes: PostgresUUID.self,
        gives: RowShape(
            Column("resource_id", PostgresUUID.self), Column("taken_from", Timestamp.self),
            Column("taken_until", Timestamp.self)
        ) { OccupiedTime(resource: $0, $1..<max($1, $2)) })

    /// Puts a booking on another time and on what it takes then; the message says what became free, too.
    static let move = Statement(
        "booking_move", .writes,
        """
        WITH booking AS (
            UPDATE bookings SET start_ts = $2, end_ts = $3, local_start = $4, timezone = $5 WHERE id = $1
            RETURNING salon_id, id, version
        ), claim AS (
            INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied)
            SELECT salon_id, id, resource, tstzrange($6, $7) FROM booking, unnest($8::uuid[]) AS resource
            ORDER BY resource
        )
        INSERT INTO outbox (salon_id, topic, payload)
        SELECT salon_id, 'booking.changed', jsonb_build_object(
            'booking', id, 'version', version, 'what', 'moved', 'freed', $9::jsonb)
        FROM booking
        """,
        takes: PostgresUUID.self, Timestamp.self, Timestamp.self, WallTime.self, String.self, Timestamp.self,
        Timestamp.self, [PostgresUUID].self, PostgresJSON.self, gives: .none)

    /// Each of them.
    package static let all: [any AnyStatement] = [
        lockResources, releaseExpired, expire, insert, changeStatus, removeClaims, move,
    ]
}
