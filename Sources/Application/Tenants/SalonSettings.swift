package import Basics
package import Postgres
package import Store

/// A salon as its people set it up.
package struct SalonSettings: VersionedRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// Its name.
    package let name: String
    /// A short name for addresses.
    package let handle: String?
    /// WhatsApp's identifier of its number, by which its events are found.
    package let phoneNumberID: String
    /// WhatsApp's identifier of its business account.
    package let businessAccountID: String?
    /// The number as customers see it.
    package let displayPhoneNumber: String?
    /// Whether there is a token with which it speaks to WhatsApp.
    package let hasAccessToken: Bool
    /// Whether it is served.
    package let isActive: Bool
    /// The zone of its clocks.
    package let timezone: String
    /// The language of its customers.
    package let language: String
    /// The currency of its prices.
    package let currency: String
    /// How many messages WhatsApp lets its number carry in a second, in and out.
    package let messagesPerSecond: Int32
    /// To how many people its business account may write in a day that have not written first; none when WhatsApp sets no
    /// limit.
    package let newRecipientsPerDay: Int32?
    /// What else programs keep about it.
    package let settings: PostgresJSON
    /// Since when it sends nothing because WhatsApp refused its token; none while it sends.
    package let sendingStopped: Timestamp?
    /// Why that is.
    package let sendingStoppedBecause: String?
    /// When it was made.
    package let created: Timestamp
    /// How often it was changed.
    package let version: Int32

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("name", String.self), Column("handle", String?.self),
        Column("phone_number_id", String.self), Column("business_account_id", String?.self),
        Column("display_phone_number", String?.self), Column("has_access_token", Bool.self),
        Column("is_active", Bool.self), Column("timezone", String.self), Column("language", String.self),
        Column("currency", String.self), Column("messages_per_second", Int32.self),
        Column("new_recipients_per_day", Int32?.self), Column("settings", PostgresJSON.self),
        Column("sending_stopped_at", Timestamp?.self), Column("sending_stopped_because", String?.self),
        Column("created_at", Timestamp.self), Column("version", Int32.self)
    ) {
        SalonSettings(
            id: $0, name: $1, handle: $2, phoneNumberID: $3, businessAccountID: $4, displayPhoneNumber: $5,
            hasAccessToken: $6, isActive: $7, timezone: $8, language: $9, currency: $10, messagesPerSecond: $11,
            newRecipientsPerDay: $12, settings: $13, sendingStopped: $14, sendingStoppedBecause: $15, created: $16,
            version: $17)
    }
}

/// Statements about how salons are set up.
package enum SalonSettingsStatements: StatementList {
    private static let columns = """
        id, name, handle, phone_number_id, business_account_id, display_phone_number,
            access_token IS NOT NULL AS has_access_token, is_active, timezone, language, currency, messages_per_second,
            new_recipients_per_day, settings, sending_stopped_at, sending_stopped_because, created_at, version
        """

    /// That of the scope.
    package static let own = Statement(
        "salon_settings", .reads,
        """
        SELECT \(columns) FROM salons WHERE id = current_salon() AND deleted_at IS NULL
        """, gives: SalonSettings.self)

    /// Changes that of the scope by a document, if it still has the version. Another token lets it send again that was
    /// stopped because of the old one.
    package static let update = Statement(
        "salon_update", .writes,
        """
        UPDATE salons AS s SET (name, handle, phone_number_id, business_account_id, display_phone_number, access_token,
            is_active, timezone, language, currency, messages_per_second, new_recipients_per_day, settings,
            sending_stopped_at, sending_stopped_because) = (
            SELECT p.name, p.handle, p.phone_number_id, p.business_account_id, p.display_phone_number, p.access_token,
                p.is_active, p.timezone, p.language, p.currency, p.messages_per_second, p.new_recipients_per_day, p.settings,
                CASE WHEN $1 ? 'access_token' THEN NULL ELSE s.sending_stopped_at END,
                CASE WHEN $1 ? 'access_token' THEN NULL ELSE s.sending_stopped_because END
            FROM jsonb_populate_record(s, $1) AS p)
        WHERE id = current_salon() AND deleted_at IS NULL AND ($2::int4 IS NULL OR version = $2)
        RETURNING \(columns)
        """, takes: PostgresJSON.self, Int32?.self, gives: SalonSettings.self)

    /// So many behind a key, of those with some keys or of all. The platform asks.
    package static let list = Statement(
        "salons_list", .reads,
        """
        SELECT \(columns) FROM salons WHERE id > $1 AND deleted_at IS NULL AND ($4 OR id = ANY ($3)) ORDER BY id LIMIT $2
        """, takes: PostgresUUID.self, Int.self, [PostgresUUID].self, Bool.self, gives: SalonSettings.self)

    /// Makes one of a document. The platform does.
    package static let insert = Statement(
        "salon_insert", .writes,
        """
        INSERT INTO salons (name, handle, phone_number_id, business_account_id, display_phone_number, is_active,
            timezone, language, currency, messages_per_second, new_recipients_per_day, settings)
        SELECT name, handle, phone_number_id, business_account_id, display_phone_number, is_active, timezone, language,
            currency, messages_per_second, new_recipients_per_day, settings
        FROM jsonb_populate_record(NULL::salons, $1)
        RETURNING \(columns)
        """, takes: PostgresJSON.self, gives: SalonSettings.self)

    /// The one that a document made a moment ago, when nobody has changed it since.
    package static let made = Statement(
        "salon_made", .reads,
        """
        SELECT \(columns) FROM salons AS s
        WHERE phone_number_id = $1 ->> 'phone_number_id' AND version = 1 AND deleted_at IS NULL
            AND created_at > now() - interval '1 day' AND jsonb_populate_record(s, $1) IS NOT DISTINCT FROM s
        """, takes: PostgresJSON.self, gives: SalonSettings.self)

    /// Each of them.
    package static let all: [any AnyStatement] = [own, update, list, insert, made]
}
