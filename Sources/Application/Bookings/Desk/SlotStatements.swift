import Basics
import Postgres
package import Store

/// Statements that read what decides which slots are free.
package enum SlotStatements: StatementList {
    /// A service that can be booked, with its salon's zone and wishes, and the database's clock.
    static let service = Statement(
        "slot_service", .reads,
        """
        SELECT s.name, s.duration_minutes, s.buffer_before_minutes, s.buffer_after_minutes, s.price,
            coalesce(s.currency, t.currency) AS currency, t.timezone, t.settings, now() AS now
        FROM services AS s JOIN salons AS t ON t.id = s.salon_id
        WHERE s.id = $1 AND s.is_active AND s.deleted_at IS NULL AND t.deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: BookableService.self)

    /// What a service lists.
    static let resources = Statement(
        "slot_resources", .reads,
        """
        SELECT r.id, r.kind, r.is_active AND r.deleted_at IS NULL AS is_bookable
        FROM service_resources AS l JOIN resources AS r ON r.salon_id = l.salon_id AND r.id = l.resource_id
        WHERE l.service_id = $1 ORDER BY r.id
        """, takes: PostgresUUID.self,
        gives: RowShape(
            Column("id", PostgresUUID.self), Column("kind", ResourceKind.self), Column("is_bookable", Bool.self)
        ) { BookableResource(id: $0, kind: $1, isBookable: $2) })

    /// When the salon, and what the service lists, is there.
    static let hours = Statement(
        "slot_hours", .reads,
        """
        SELECT resource_id, weekday, opens, closes, valid_from, valid_until FROM opening_hours
        WHERE deleted_at IS NULL AND (resource_id IS NULL
            OR resource_id IN (SELECT l.resource_id FROM service_resources AS l WHERE l.service_id = $1))
        """, takes: PostgresUUID.self,
        gives: RowShape(
            Column("resource_id", PostgresUUID?.self), Column("weekday", Int16.self),
            Column("opens", PostgresTime.self),
            Column("closes", PostgresTime.self), Column("valid_from", PostgresDate?.self),
            Column("valid_until", PostgresDate?.self)
        ) {
            OpeningSpan(
                resource: $0, weekday: Int($1), opens: .microseconds($2.microseconds),
                closes: .microseconds($3.microseconds), validFrom: $4?.date, validUntil: $5?.date)
        })

    /// When the salon, and what the service lists, is not there after all within a time.
    static let closures = Statement(
        "slot_closures", .reads,
        """
        SELECT resource_id, starts_at, ends_at FROM closures
        WHERE deleted_at IS NULL AND ends_at > $2 AND starts_at < $3 AND (resource_id IS NULL
            OR resource_id IN (SELECT l.resource_id FROM service_resources AS l WHERE l.service_id = $1))
        """, takes: PostgresUUID.self, Timestamp.self, Timestamp.self, gives: OccupiedTime.shape("starts_at", "ends_at")
    )

    /// What is taken within a time of what the service lists, but by one booking. A hold that is over takes nothing.
    static let taken = Statement(
        "slot_taken", .reads,
        """
        SELECT c.resource_id, lower(c.occupied) AS taken_from, upper(c.occupied) AS taken_until
        FROM claims_between(
            ARRAY(SELECT l.resource_id FROM service_resources AS l WHERE l.service_id = $1), $2, $3) AS c
        JOIN bookings AS b ON b.salon_id = c.salon_id AND b.id = c.booking_id
        WHERE (b.status <> 'HELD' OR b.hold_expires_at > now()) AND ($4::uuid IS NULL OR b.id <> $4)
        """, takes: PostgresUUID.self, Timestamp.self, Timestamp.self, PostgresUUID?.self,
        gives: OccupiedTime.shape("taken_from", "taken_until"))

    /// A customer by key, or by number.
    static let customer = Statement(
        "slot_customer", .reads,
        """
        SELECT id, phone_number, name FROM customers
        WHERE deleted_at IS NULL AND (id = $1 OR ($1::uuid IS NULL AND phone_number = $2))
        """, takes: PostgresUUID?.self, String?.self,
        gives: RowShape(
            Column("id", PostgresUUID.self), Column("phone_number", String?.self), Column("name", String?.self)
        ) { KnownCustomer(id: $0, phone: $1, name: $2) })

    /// Each of them.
    package static let all: [any AnyStatement] = [service, resources, hours, closures, taken, customer]
}

extension OccupiedTime {
    fileprivate static func shape(_ from: String, _ until: String) -> RowShape<OccupiedTime> {
        RowShape(Column("resource_id", PostgresUUID?.self), Column(from, Timestamp.self), Column(until, Timestamp.self))
        {
            OccupiedTime(resource: $0, $1..<max($1, $2))
        }
    }
}

/// A customer whom the salon knows.
struct KnownCustomer {
    let id: PostgresUUID
    let phone: String?
    let name: String?
}

/// A service that can be booked, as it is now.
struct BookableService: StatementRow {
    let name: String
    let duration: Duration
    let bufferBefore: Duration
    let bufferAfter: Duration
    let price: PostgresNumeric?
    let currency: String?
    let zone: String
    let settings: PostgresJSON
    let now: Timestamp

    static let shape = RowShape(
        Column("name", String.self), Column("duration_minutes", Int32.self),
        Column("buffer_before_minutes", Int32.self),
        Column("buffer_after_minutes", Int32.self), Column("price", PostgresNumeric?.self),
        Column("currency", String?.self), Column("timezone", String.self), Column("settings", PostgresJSON.self),
        Column("now", Timestamp.self)
    ) {
        BookableService(
            name: $0, duration: .seconds(60 * Int64($1)), bufferBefore: .seconds(60 * Int64($2)),
            bufferAfter: .seconds(60 * Int64($3)), price: $4, currency: $4 == nil ? nil : $5, zone: $6, settings: $7,
            now: $8)
    }
}
