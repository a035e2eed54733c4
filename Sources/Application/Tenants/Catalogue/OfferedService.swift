package import Postgres
package import Store

/// A service as the salon's own people see it.
package struct OfferedService: VersionedRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// Its name, which no other of the salon has.
    package let name: String
    /// What customers read about it.
    package let description: String?
    /// A group of services.
    package let category: String?
    /// How long it takes.
    package let minutes: Int32
    /// What is kept free before it.
    package let minutesBefore: Int32
    /// What is kept free after it.
    package let minutesAfter: Int32
    /// What it costs; nil when that is agreed on each time.
    package let price: PostgresNumeric?
    /// The currency of the price; nil for the salon's.
    package let currency: String?
    /// Whether it can be booked.
    package let isActive: Bool
    /// Who can give it: staff, rooms, chairs.
    package let resources: [PostgresUUID]
    /// How often it was changed.
    package let version: Int32

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("name", String.self), Column("description", String?.self),
        Column("category", String?.self), Column("duration_minutes", Int32.self),
        Column("buffer_before_minutes", Int32.self), Column("buffer_after_minutes", Int32.self),
        Column("price", PostgresNumeric?.self), Column("currency", String?.self), Column("is_active", Bool.self),
        Column("resource_ids", [PostgresUUID].self), Column("version", Int32.self)
    ) {
        OfferedService(
            id: $0, name: $1, description: $2, category: $3, minutes: $4, minutesBefore: $5, minutesAfter: $6,
            price: $7, currency: $8, isActive: $9, resources: $10, version: $11)
    }
}

/// Statements about services.
package enum ServiceStatements: StatementList {
    /// So many behind a key.
    package static let list = Statement(
        "services_list", .reads,
        """
        SELECT id, name, description, category, duration_minutes, buffer_before_minutes, buffer_after_minutes, price,
            currency, is_active,
            ARRAY (SELECT resource_id FROM service_resources WHERE service_id = s.id ORDER BY 1) AS resource_ids, version
        FROM services AS s WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2
        """, takes: PostgresUUID.self, Int.self, gives: OfferedService.self)
    /// The one of a key.
    package static let one = Statement(
        "service_by_key", .reads,
        """
        SELECT id, name, description, category, duration_minutes, buffer_before_minutes, buffer_after_minutes, price,
            currency, is_active,
            ARRAY (SELECT resource_id FROM service_resources WHERE service_id = s.id ORDER BY 1) AS resource_ids, version
        FROM services AS s WHERE id = $1 AND deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: OfferedService.self)
    /// Makes one of a document.
    package static let insert = Statement(
        "service_insert", .writes,
        """
        INSERT INTO services (salon_id, name, description, category, duration_minutes, buffer_before_minutes,
            buffer_after_minutes, price, currency, is_active)
        SELECT current_salon(), name, description, category, duration_minutes, buffer_before_minutes,
            buffer_after_minutes, price, currency, is_active
        FROM jsonb_populate_record(NULL::services, $1)
        RETURNING id, name, description, category, duration_minutes, buffer_before_minutes, buffer_after_minutes, price,
            currency, is_active, ARRAY[]::uuid[] AS resource_ids, version
        """, takes: PostgresJSON.self, gives: OfferedService.self)
    /// Changes one by a document, if it still has the version.
    package static let update = Statement(
        "service_update", .writes,
        """
        UPDATE services AS s SET (name, description, category, duration_minutes, buffer_before_minutes,
            buffer_after_minutes, price, currency, is_active) = (
            SELECT p.name, p.description, p.category, p.duration_minutes, p.buffer_before_minutes,
                p.buffer_after_minutes, p.price, p.currency, p.is_active
            FROM jsonb_populate_record(s, $2) AS p)
        WHERE id = $1 AND deleted_at IS NULL AND ($3::int4 IS NULL OR version = $3)
        RETURNING id, name, description, category, duration_minutes, buffer_before_minutes, buffer_after_minutes, price,
            currency, is_active,
            ARRAY (SELECT resource_id FROM service_resources WHERE service_id = s.id ORDER BY 1) AS resource_ids, version
        """, takes: PostgresUUID.self, PostgresJSON.self, Int32?.self, gives: OfferedService.self)
    /// Removes one, if it still has the version.
    package static let remove = Statement(
        "service_remove", .writes,
        """
        UPDATE services SET deleted_at = now()
        WHERE id = $1 AND deleted_at IS NULL AND ($2::int4 IS NULL OR version = $2) RETURNING id
        """, takes: PostgresUUID.self, Int32?.self, gives: .key)

    /// What is done with them by key.
    package static let rows = RowStatements(list: list, one: one, insert: insert, update: update, remove: remove)

    /// Takes those away from a service that are not among some resources.
    package static let detach = Statement(
        "service_detach", .writes,
        "DELETE FROM service_resources WHERE service_id = $1 AND resource_id <> ALL ($2)",
        takes: PostgresUUID.self, [PostgresUUID].self, gives: .none)
    /// Gives resources to a service; one that it has already stays.
    package static let attach = Statement(
        "service_attach", .writes,
        """
        INSERT INTO service_resources (salon_id, service_id, resource_id)
        SELECT current_salon(), $1, resource FROM unnest($2::uuid[]) AS resource ORDER BY resource
        ON CONFLICT DO NOTHING
        """, takes: PostgresUUID.self, [PostgresUUID].self, gives: .none)

    /// Each of them.
    package static let all: [any AnyStatement] = [list, one, insert, update, remove, detach, attach]
}
