package import Postgres
package import Store

/// A template as the people of a salon know it.
package struct MessageTemplate: VersionedRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// Its name.
    package let name: String
    /// Its language.
    package let language: String
    /// Its category.
    package let category: String
    /// What WhatsApp has made of it.
    package let status: String
    /// What it consists of, in WhatsApp's form.
    package let components: PostgresJSON
    /// Why WhatsApp did not take it.
    package let rejectedReason: String?
    /// How often it was changed.
    package let version: Int32

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("name", String.self), Column("language", String.self),
        Column("category", String.self), Column("status", String.self), Column("components", PostgresJSON.self),
        Column("rejected_reason", String?.self), Column("version", Int32.self)
    ) {
        MessageTemplate(
            id: $0, name: $1, language: $2, category: $3, status: $4, components: $5, rejectedReason: $6, version: $7)
    }
}

/// Statements about templates.
package enum TemplateStatements: StatementList {
    static let list = Statement(
        "templates_list", .reads,
        """
        SELECT id, name, language, category, status::text AS status, components, rejected_reason, version
        FROM templates WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2
        """, takes: PostgresUUID.self, Int.self, gives: MessageTemplate.self)
    static let one = Statement(
        "template_by_key", .reads,
        """
        SELECT id, name, language, category, status::text AS status, components, rejected_reason, version
        FROM templates WHERE id = $1 AND deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: MessageTemplate.self)
    static let insert = Statement(
        "template_insert", .writes,
        """
        INSERT INTO templates (salon_id, name, language, category, components)
        SELECT current_salon(), name, language, category, components FROM jsonb_populate_record(NULL::templates, $1)
        RETURNING id, name, language, category, status::text AS status, components, rejected_reason, version
        """, takes: PostgresJSON.self, gives: MessageTemplate.self)
    static let update = Statement(
        "template_update", .writes,
        """
        UPDATE templates AS t SET (category, components) = (
            SELECT p.category, p.components FROM jsonb_populate_record(t, $2) AS p)
        WHERE id = $1 AND deleted_at IS NULL AND ($3::int4 IS NULL OR version = $3)
        RETURNING id, name, language, category, status::text AS status, components, rejected_reason, version
        """, takes: PostgresUUID.self, PostgresJSON.self, Int32?.self, gives: MessageTemplate.self)
    static let remove = Statement(
        "template_remove", .writes,
        """
        UPDATE templates SET deleted_at = now()
        WHERE id = $1 AND deleted_at IS NULL AND ($2::int4 IS NULL OR version = $2) RETURNING id
        """, takes: PostgresUUID.self, Int32?.self, gives: .key)

    /// What is done with them by key.
    package static let rows = RowStatements(list: list, one: one, insert: insert, update: update, remove: remove)

    /// Each of them.
    package static let all: [any AnyStatement] = [list, one, insert, update, remove]
}
