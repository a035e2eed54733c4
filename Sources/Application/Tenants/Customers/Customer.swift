package import Basics
package import Postgres
package import Store

/// Somebody who writes to a salon or is booked there.
package struct Customer: VersionedRow, Hashable {
    /// The key.
    package let id: PostgresUUID
    /// The name.
    package let name: String?
    /// The number, where it is known.
    package let phoneNumber: String?
    /// WhatsApp's own identifier, where it is known.
    package let whatsAppUser: String?
    /// An address, where it is known.
    package let email: String?
    /// The language.
    package let language: String?
    /// What the salon notes about them, sealed.
    package let sealedNotes: SealedText?
    /// When they were first known.
    package let created: Timestamp
    /// How often the row was changed.
    package let version: Int32
    /// The notes in the clear, once somebody with the key has opened them.
    package var notes: String?

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("name", String?.self), Column("phone_number", String?.self),
        Column("whatsapp_user_id", String?.self), Column("email", String?.self), Column("language", String?.self),
        Column("notes", SealedText?.self), Column("created_at", Timestamp.self), Column("version", Int32.self)
    ) {
        Customer(
            id: $0, name: $1, phoneNumber: $2, whatsAppUser: $3, email: $4, language: $5, sealedNotes: $6, created: $7,
            version: $8, notes: nil)
    }
}

/// Statements about customers.
package enum CustomerStatements: StatementList {
    static let list = Statement(
        "customers_list", .reads,
        """
        SELECT id, name, phone_number, whatsapp_user_id, email, language, notes, created_at, version FROM customers
        WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2
        """, takes: PostgresUUID.self, Int.self, gives: Customer.self)
    static let one = Statement(
        "customer_by_key", .reads,
        """
        SELECT id, name, phone_number, whatsapp_user_id, email, language, notes, created_at, version FROM customers
        WHERE id = $1 AND deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: Customer.self)

    /// Those whose number or name begins so, behind a key.
    package static let search = Statement(
        "customers_search", .reads,
        """
        SELECT id, name, phone_number, whatsapp_user_id, email, language, notes, created_at, version FROM customers
        WHERE id > $1 AND deleted_at IS NULL AND (starts_with(phone_number, $2) OR starts_with(lower(name), lower($2)))
        ORDER BY id LIMIT $3
        """, takes: PostgresUUID.self, String.self, Int.self, gives: Customer.self)
    static let insert = Statement(
        "customer_insert", .writes,
        """
        INSERT INTO customers (salon_id, name, phone_number, email, language, notes)
        SELECT current_salon(), name, phone_number, email, language, notes
        FROM jsonb_populate_record(NULL::customers, $1)
        RETURNING id, name, phone_number, whatsapp_user_id, email, language, notes, created_at, version
        """, takes: PostgresJSON.self, gives: Customer.self)
    static let update = Statement(
        "customer_update", .writes,
        """
        UPDATE customers AS c SET (name, phone_number, email, language, notes) = (
            SELECT p.name, p.phone_number, p.email, p.language, p.notes FROM jsonb_populate_record(c, $2) AS p)
        WHERE id = $1 AND deleted_at IS NULL AND ($3::int4 IS NULL OR version = $3)
        RETURNING id, name, phone_number, whatsapp_user_id, email, language, notes, created_at, version
        """, takes: PostgresUUID.self, PostgresJSON.self, Int32?.self, gives: Customer.self)
    static let remove = Statement(
        "customer_remove", .writes,
        """
        UPDATE customers SET deleted_at = now()
        WHERE id = $1 AND deleted_at IS NULL AND ($2::int4 IS NULL OR version = $2) RETURNING id
        """, takes: PostgresUUID.self, Int32?.self, gives: .key)

    /// What is done with them by key.
    package static let rows = RowStatements(list: list, one: one, insert: insert, update: update, remove: remove)

    /// Each of them.
    package static let all: [any AnyStatement] = [list, one, search, insert, update, remove]
}
