package import Postgres
package import Store

/// What kind of thing a booking occupies.
package enum ResourceKind: String, CaseIterable, PostgresEnumeration {
    /// Somebody who works.
    case staff = "STAFF"
    /// A room.
    case room = "ROOM"
    /// A chair.
    case chair = "CHAIR"
    /// A machine or a tool.
    case equipment = "EQUIPMENT"
}

/// What a booking occupies: somebody who works, a room, a chair.
package struct Resource: VersionedRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// What it is.
    package let kind: ResourceKind
    /// Its name.
    package let name: String
    /// The person who signs in, where it is one.
    package let user: PostgresUUID?
    /// Whether it can be booked.
    package let isActive: Bool
    /// The services that it can give.
    package let services: [PostgresUUID]
    /// How often it was changed.
    package let version: Int32

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("kind", ResourceKind.self), Column("name", String.self),
        Column("user_id", PostgresUUID?.self), Column("is_active", Bool.self),
        Column("service_ids", [PostgresUUID].self), Column("version", Int32.self)
    ) { Resource(id: $0, kind: $1, name: $2, user: $3, isActive: $4, services: $5, version: $6) }
}

/// Statements about staff, rooms and chairs.
package enum ResourceStatements: StatementList {
    static let list = Statement(
        "resources_list", .reads,
        """
        SELECT id, kind, name, user_id, is_active,
            ARRAY (SELECT service_id FROM service_resources WHERE resource_id = r.id ORDER BY 1) AS service_ids, version
        FROM resources AS r WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2
        """, takes: PostgresUUID.self, Int.self, gives: Resource.self)
    static let one = Statement(
        "resource_by_key", .reads,
        """
        SELECT id, kind, name, user_id, is_active,
            ARRAY (SELECT service_id FROM service_resources WHERE resource_id = r.id ORDER BY 1) AS service_ids, version
        FROM resources AS r WHERE id = $1 AND deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: Resource.self)
    static let insert = Statement(
        "resource_insert", .writes,
        """
        INSERT INTO resources (salon_id, kind, name, user_id, is_active)
        SELECT current_salon(), kind, name, user_id, is_active FROM jsonb_populate_record(NULL::resources, $1)
        RETURNING id, kind, name, user_id, is_active, ARRAY[]::uuid[] AS service_ids, version
        """, takes: PostgresJSON.self, gives: Resource.self)
    static let update = Statement(
        "resource_update", .writes,
        """
        UPDATE resources AS r SET (name, user_id, is_active) = (
            SELECT p.name, p.user_id, p.is_active FROM jsonb_populate_record(r, $2) AS p)
        WHERE id = $1 AND deleted_at IS NULL AND ($3::int4 IS NULL OR version = $3)
        RETURNING id, kind, name, user_id, is_active,
            ARRAY (SELECT service_id FROM service_resources WHERE resource_id = r.id ORDER BY 1) AS service_ids, version
        """, takes: PostgresUUID.self, PostgresJSON.self, Int32?.self, gives: Resource.self)
    static let remove = Statement(
        "resource_remove", .writes,
        """
        UPDATE resources SET deleted_at = now()
        WHERE id = $1 AND deleted_at IS NULL AND ($2::int4 IS NULL OR version = $2) RETURNING id
        """, takes: PostgresUUID.self, Int32?.self, gives: .key)

    /// What is done with them by key.
    package static let rows = RowStatements(list: list, one: one, insert: insert, update: update, remove: remove)

    /// Whether somebody is a member of the salon. Foreign keys pass row-level security by, so this is asked before a
    /// person is named.
    package static let isMember = Statement(
        "resource_is_member", .reads,
        """
        SELECT EXISTS (SELECT FROM memberships WHERE user_id = $1 AND deleted_at IS NULL) AS is_member
        """, takes: PostgresUUID.self, gives: RowShape(Column("is_member", Bool.self)) { $0 })

    /// Each of them.
    package static let all: [any AnyStatement] = [list, one, insert, update, remove, isMember]
}
