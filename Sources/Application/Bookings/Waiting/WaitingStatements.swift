import Basics
package import Postgres
package import Store

/// Statements about the waiting list.
package enum WaitingStatements: StatementList {
    /// What a `WaitingEntry` is made of.
    private static let columns = """
        id, customer_id, service_id, resource_id, first_day, last_day, earliest, latest, status, booking_id, passed, version
        """

    /// Puts somebody at the end of the line.
    static let enter = Statement(
        "waiting_enter", .writes,
        """
        INSERT INTO waiting_list (salon_id, customer_id, service_id, resource_id, first_day, last_day, earliest, latest)
        VALUES (current_salon(), $1, $2, $3, $4, $5, $6, $7)
        RETURNING \(columns)
        """,
        takes: PostgresUUID.self, PostgresUUID.self, PostgresUUID?.self, PostgresDate.self, PostgresDate.self,
        PostgresTime.self, PostgresTime.self, gives: WaitingEntry.self)

    /// Lets somebody wait no more.
    static let withdraw = Statement(
        "waiting_withdraw", .writesRepeatably,
        """
        UPDATE waiting_list SET status = 'WITHDRAWN', booking_id = NULL
        WHERE id = $1 AND status IN ('WAITING', 'OFFERED') AND deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: .none)

    /// The entry of a key.
    package static let byKey = Statement(
        "waiting_by_key", .reads, "SELECT \(columns) FROM waiting_list WHERE id = $1 AND deleted_at IS NULL",
        takes: PostgresUUID.self, gives: WaitingEntry.self)

    /// Those of a status in their order, behind a key.
    package static let ofStatus = Statement(
        "waiting_of_status", .reads,
        """
        SELECT \(columns) FROM waiting_list
        WHERE status = $1::"WaitingStatus" AND id > $2 AND deleted_at IS NULL ORDER BY id LIMIT $3
        """, takes: WaitingStatus.self, PostgresUUID.self, Int.self, gives: WaitingEntry.self)

    /// Those who wait for a service that some resources can give, for days around a time; a day's slack on both sides is
    /// for the zones.
    static let line = Statement(
        "waiting_line", .reads,
        """
        SELECT \(columns) FROM waiting_list
        WHERE status = 'WAITING' AND deleted_at IS NULL
            AND first_day <= ($3 AT TIME ZONE 'UTC')::date + 1 AND last_day >= ($2 AT TIME ZONE 'UTC')::date - 1
            AND service_id IN (SELECT l.service_id FROM service_resources AS l WHERE l.resource_id = ANY ($1))
        ORDER BY id LIMIT 200
        """, takes: [PostgresUUID].self, Timestamp.self, Timestamp.self, gives: WaitingEntry.self)

    /// Notes that a slot is held for somebody, who is to be told.
    static let offer = Statement(
        "waiting_offer", .writes,
        """
        WITH offered AS (
            UPDATE waiting_list SET status = 'OFFERED', booking_id = $2 WHERE id = $1 AND status = 'WAITING'
            RETURNING salon_id, id, booking_id
        ), told AS (
            INSERT INTO outbox (salon_id, topic, payload)
            SELECT o.salon_id, 'waiting.offered',
                jsonb_build_object('waiting', o.id, 'booking', o.booking_id, 'until', b.hold_expires_at)
            FROM offered AS o JOIN bookings AS b ON b.salon_id = o.salon_id AND b.id = o.booking_id
        )
        SELECT id FROM offered
        """, takes: PostgresUUID.self, PostgresUUID.self, gives: RowShape(Column("id", PostgresUUID.self)) { $0 })

    /// Notes what became of offers: taken, or let go, and then the line goes on.
    static let settle = Statement(
        "waiting_settle", .writesRepeatably,
        """
        UPDATE waiting_list AS w SET
            status = CASE b.status WHEN 'CANCELLED' THEN 'WAITING' ELSE 'BOOKED' END::"WaitingStatus",
            booking_id = CASE b.status WHEN 'CANCELLED' THEN NULL ELSE w.booking_id END,
            passed = CASE b.status WHEN 'CANCELLED' THEN array_append(w.passed, b.start_ts) ELSE w.passed END
        FROM bookings AS b
        WHERE b.salon_id = w.salon_id AND b.id = w.booking_id AND w.status = 'OFFERED' AND b.status <> 'HELD'
        """, gives: .none)

    /// What a booking that is no longer active took.
    static let freed = Statement(
        "waiting_freed", .reads,
        """
        SELECT resource_id, lower(occupied) AS taken_from, upper(occupied) AS taken_until FROM booking_claims
        WHERE booking_id = $1 AND NOT is_active
        """, takes: PostgresUUID.self,
        gives: RowShape(
            Column("resource_id", PostgresUUID.self), Column("taken_from", Timestamp.self),
            Column("taken_until", Timestamp.self)
        ) { OccupiedTime(resource: $0, $1..<max($1, $2)) })

    /// Each of them.
    package static let all: [any AnyStatement] = [enter, withdraw, byKey, ofStatus, line, offer, settle, freed]
}
