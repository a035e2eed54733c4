package import Postgres
package import Store

/// When a salon, or one of its resources, is there on a day of the week: wall time of the salon's zone.
package struct OpeningHours: VersionedRow, Hashable {
    /// The key.
    package let id: PostgresUUID
    /// Whose they are; nil for the salon's own.
    package let resource: PostgresUUID?
    /// From Monday, 1, to Sunday, 7.
    package let weekday: Int16
    /// When it opens.
    package let opens: PostgresTime
    /// When it closes.
    package let closes: PostgresTime
    /// The first day on which they hold; nil for always.
    package let from: PostgresDate?
    /// The last day on which they hold; nil for ever.
    package let until: PostgresDate?
    /// How often they were changed.
    package let version: Int32

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("resource_id", PostgresUUID?.self), Column("weekday", Int16.self),
        Column("opens", PostgresTime.self), Column("closes", PostgresTime.self),
        Column("valid_from", PostgresDate?.self), Column("valid_until", PostgresDate?.self),
        Column("version", Int32.self)
    ) {
        OpeningHours(
            id: $0, resource: $1, weekday: $2, opens: $3, closes: $4, from: $5, until: $6, version: $7)
    }
}

/// Statements about opening hours.
package enum OpeningHoursStatements: StatementList {
    static let list = Statement(
        "opening_hours_list", .reads,
        """
        SELECT id, resource_id, weekday, opens, closes, valid_from, valid_until, version FROM opening_hours
        WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2
        """, takes: PostgresUUID.self, Int.self, gives: OpeningHours.self)
    static let one = Statement(
        "opening_hours_by_key", .reads,
        """
        SELECT id, resource_id, weekday, opens, closes, valid_from, valid_until, version FROM opening_hours
        WHERE id = $1 AND deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: OpeningHours.self)
    static let insert = Statement(
        "opening_hours_insert", .writes,
        """
        INSERT INTO opening_hours (salon_id, resource_id, weekday, opens, closes, valid_from, valid_until)
        SELECT current_salon(), resource_id, weekday, opens, closes, valid_from, valid_until
        FROM jsonb_populate_record(NULL::opening_hours, $1)
        RETURNING id, resource_id, weekday, opens, closes, valid_from, valid_until, version
        """, takes: PostgresJSON.self, gives: OpeningHours.self)
    static let update = Statement(
        "opening_hours_update", .writes,
        """
        UPDATE opening_hours AS h SET (resource_id, weekday, opens, closes, valid_from, valid_until) = (
            SELECT p.resource_id, p.weekday, p.opens, p.closes, p.valid_from, p.valid_until
            FROM jsonb_populate_record(h, $2) AS p)
        WHERE id = $1 AND deleted_at IS NULL AND ($3::int4 IS NULL OR version = $3)
        RETURNING id, resource_id, weekday, opens, closes, valid_from, valid_until, version
        """, takes: PostgresUUID.self, PostgresJSON.self, Int32?.self, gives: OpeningHours.self)
    static let remove = Statement(
        "opening_hours_remove", .writes,
        """
        UPDATE opening_hours SET deleted_at = now()
        WHERE id = $1 AND deleted_at IS NULL AND ($2::int4 IS NULL OR version = $2) RETURNING id
        """, takes: PostgresUUID.self, Int32?.self, gives: .key)

    /// What is done with them by key.
    package static let rows = RowStatements(list: list, one: one, insert: insert, update: update, remove: remove)

    /// Each of them.
    package static let all: [any AnyStatement] = [list, one, insert, update, remove]
}
