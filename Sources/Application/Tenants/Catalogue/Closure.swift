package import Basics
package import Postgres
package import Store

/// When a salon, or one of its resources, is not there after all: holidays, leave, repairs.
package struct Closure: VersionedRow, Hashable {
    /// The key.
    package let id: PostgresUUID
    /// Whose it is; nil for the salon's own.
    package let resource: PostgresUUID?
    /// When it begins.
    package let starts: Timestamp
    /// When it is over.
    package let ends: Timestamp
    /// Why.
    package let reason: String?
    /// How often it was changed.
    package let version: Int32

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("resource_id", PostgresUUID?.self),
        Column("starts_at", Timestamp.self), Column("ends_at", Timestamp.self), Column("reason", String?.self),
        Column("version", Int32.self)
    ) { Closure(id: $0, resource: $1, starts: $2, ends: $3, reason: $4, version: $5) }
}

/// Statements about closures.
package enum ClosureStatements: StatementList {
    static let list = Statement(
        "closures_list", .reads,
        """
        SELECT id, resource_id, starts_at, ends_at, reason, version FROM closures
        WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2
        """, takes: PostgresUUID.self, Int.self, gives: Closure.self)
    static let one = Statement(
        "closure_by_key", .reads,
        """
        SELECT id, resource_id, starts_at, ends_at, reason, version FROM closures WHERE id = $1 AND deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: Closure.self)
    static let insert = Statement(
        "closure_insert", .writes,
        """
        INSERT INTO closures (salon_id, resource_id, starts_at, ends_at, reason)
        SELECT current_salon(), resource_id, starts_at, ends_at, reason FROM jsonb_populate_record(NULL::closures, $1)
        RETURNING id, resource_id, starts_at, ends_at, reason, version
        """, takes: PostgresJSON.self, gives: Closure.self)
    static let update = Statement(
        "closure_update", .writes,
        """
        UPDATE closures AS c SET (resource_id, starts_at, ends_at, reason) = (
            SELECT p.resource_id, p.starts_at, p.ends_at, p.reason FROM jsonb_populate_record(c, $2) AS p)
        WHERE id = $1 AND deleted_at IS NULL AND ($3::int4 IS NULL OR version = $3)
        RETURNING id, resource_id, starts_at, ends_at, reason, version
        """, takes: PostgresUUID.self, PostgresJSON.self, Int32?.self, gives: Closure.self)
    static let remove = Statement(
        "closure_remove", .writes,
        """
        UPDATE closures SET deleted_at = now()
        WHERE id = $1 AND deleted_at IS NULL AND ($2::int4 IS NULL OR version = $2) RETURNING id
        """, takes: PostgresUUID.self, Int32?.self, gives: .key)

    /// What is done with them by key.
    package static let rows = RowStatements(list: list, one: one, insert: insert, update: update, remove: remove)

    /// Each of them.
    package static let all: [any AnyStatement] = [list, one, insert, update, remove]
}
