import Postgres

/// A column of the schema whose values are sealed: how they are bound, read in order, and written in each other's place.
package struct SealedColumn: Sendable {
    /// What its values are bound to, beside their salon.
    package let field: SealedField
    /// A salon's values in the order of their rows, behind a row.
    let values: Statement<(PostgresUUID?, Int), ResealingPlan.Row>
    /// Puts a value in the place of another one, if that still stands there.
    let replace: Statement<(PostgresUUID, SealedText, SealedText), Void>
}

extension ResealingPlan.Row: StatementRow {
    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("salon_id", PostgresUUID.self), Column("sealed", SealedText.self)
    ) { ResealingPlan.Row(id: $0, tenant: SalonIdentifier($1), sealed: $2) }
}

extension SealedColumn {
    /// With what a salon speaks to WhatsApp.
    package static let accessToken = SealedColumn(
        field: SealedField("salons", "access_token"), values: SealedColumnStatements.accessTokens,
        replace: SealedColumnStatements.replaceAccessToken)
    /// What a salon knows about a customer.
    package static let customerNotes = SealedColumn(
        field: SealedField("customers", "notes"), values: SealedColumnStatements.customerNotes,
        replace: SealedColumnStatements.replaceCustomerNotes)
    /// What is to be known about a booking.
    package static let bookingNotes = SealedColumn(
        field: SealedField("bookings", "notes"), values: SealedColumnStatements.bookingNotes,
        replace: SealedColumnStatements.replaceBookingNotes)

    /// Each of the schema.
    package static let all = [accessToken, customerNotes, bookingNotes]
}

/// Statements about sealed columns.
package enum SealedColumnStatements: StatementList {
    static let accessTokens = Statement(
        "access_tokens_sealed", .reads,
        """
        SELECT id, id AS salon_id, coalesce(access_token, '') AS sealed FROM salons
        WHERE access_token IS NOT NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2
        """, takes: PostgresUUID?.self, Int.self, gives: ResealingPlan.Row.self)
    static let replaceAccessToken = Statement(
        "access_token_replace", .writesRepeatably,
        "UPDATE salons SET access_token = $3 WHERE id = $1 AND access_token = $2",
        takes: PostgresUUID.self, SealedText.self, SealedText.self, gives: .none)
    static let customerNotes = Statement(
        "customer_notes_sealed", .reads,
        """
        SELECT id, salon_id, coalesce(notes, '') AS sealed FROM customers
        WHERE notes IS NOT NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2
        """, takes: PostgresUUID?.self, Int.self, gives: ResealingPlan.Row.self)
    static let replaceCustomerNotes = Statement(
        "customer_notes_replace", .writesRepeatably,
        "UPDATE customers SET notes = $3 WHERE id = $1 AND notes = $2",
        takes: PostgresUUID.self, SealedText.self, SealedText.self, gives: .none)
    static let bookingNotes = Statement(
        "booking_notes_sealed", .reads,
        """
        SELECT id, salon_id, coalesce(notes, '') AS sealed FROM bookings
        WHERE notes IS NOT NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2
        """, takes: PostgresUUID?.self, Int.self, gives: ResealingPlan.Row.self)
    static let replaceBookingNotes = Statement(
        "booking_notes_replace", .writesRepeatably,
        "UPDATE bookings SET notes = $3 WHERE id = $1 AND notes = $2",
        takes: PostgresUUID.self, SealedText.self, SealedText.self, gives: .none)

    /// The keys of all salons in order, behind one. The platform asks.
    static let salons = Statement(
        "salon_keys", .reads, "SELECT id FROM salons WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2",
        takes: PostgresUUID?.self, Int.self, gives: RowShape(Column("id", PostgresUUID.self)) { $0 })

    /// Each of them.
    package static let all: [any AnyStatement] = [
        accessTokens, replaceAccessToken, customerNotes, replaceCustomerNotes, bookingNotes, replaceBookingNotes,
        salons,
    ]
}
