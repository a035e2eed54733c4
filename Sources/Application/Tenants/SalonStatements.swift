package import Postgres
package import Store

/// What is known of a salon wherever something is done for it.
package struct Salon: StatementRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// Its name.
    package let name: String
    /// The zone of its wall clocks.
    package let timezone: String
    /// The language of its customers, where nothing else is known.
    package let language: String
    /// The currency of its prices.
    package let currency: String
    /// Whether it is served.
    package let isActive: Bool

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("name", String.self), Column("timezone", String.self),
        Column("language", String.self), Column("currency", String.self), Column("is_active", Bool.self)
    ) { Salon(id: $0, name: $1, timezone: $2, language: $3, currency: $4, isActive: $5) }
}

/// Statements about salons.
package enum SalonStatements: StatementList {
    /// Whose number it is. The platform asks, before it knows for whom it works.
    package static let byNumber = Statement(
        "salon_by_number", .reads,
        """
        SELECT id, name, timezone, language, currency, is_active FROM salons
        WHERE phone_number_id = $1 AND deleted_at IS NULL
        """, takes: String.self, gives: Salon.self)

    /// Whose numbers belong to an account of WhatsApp. The platform asks.
    package static let byAccount = Statement(
        "salons_by_account", .reads,
        """
        SELECT id, name, timezone, language, currency, is_active FROM salons
        WHERE business_account_id = $1 AND deleted_at IS NULL ORDER BY id
        """, takes: String.self, gives: Salon.self)

    /// The one with a key or a handle. The platform asks.
    package static let byName = Statement(
        "salon_by_name", .reads,
        """
        SELECT id, name, timezone, language, currency, is_active FROM salons
        WHERE (id::text = $1 OR handle = $1) AND deleted_at IS NULL
        """, takes: String.self, gives: Salon.self)

    /// The salon of the scope.
    package static let own = Statement(
        "salon_own", .reads,
        "SELECT id, name, timezone, language, currency, is_active FROM salons WHERE id = current_salon()",
        gives: Salon.self)

    /// The keys of those that seeds have made. The platform asks.
    package static let seeded = Statement(
        "salons_seeded", .reads, "SELECT DISTINCT unnest(salons) AS id FROM seeds", gives: .key)

    /// Each of them.
    package static let all: [any AnyStatement] = [byNumber, byAccount, byName, own, seeded]
}
