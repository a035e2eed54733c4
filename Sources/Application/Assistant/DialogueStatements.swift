import Basics
import Messaging
import Postgres
package import Store

/// Statements about dialogues. That a message was dealt with is a row of `ai_messages` with the message's own key: what
/// analytics read is also what keeps a message from being answered twice.
package enum DialogueStatements: StatementList {
    /// A conversation with what is known of the customer and the salon.
    static let sight = Statement(
        "dialogue_sight", .reads,
        """
        SELECT c.status = 'BLOCKED' OR c.assigned_to IS NOT NULL AS is_silent, c.handed_over_at IS NOT NULL AS is_handed_over,
            coalesce(c.window_expires_at > now(), false) AS is_open, c.dialogue, c.dialogue_turn, c.customer_id,
            c.phone_number, k.name AS customer_name, k.language AS customer_language, s.name AS salon, s.language, s.timezone,
            now() AS now
        FROM conversations AS c JOIN salons AS s ON s.id = c.salon_id
        LEFT JOIN customers AS k ON k.salon_id = c.salon_id AND k.id = c.customer_id
        WHERE c.id = $1 AND c.deleted_at IS NULL AND s.is_active AND s.deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: DialogueSight.self)

    /// The first message of a conversation that was not dealt with, up to a message. One that is much older than that has
    /// a job of its own, which failed so far.
    static let waiting = Statement(
        "dialogue_waiting", .reads,
        """
        SELECT m.id, m.created_at, m.message_type::text AS message_type, m.content,
            coalesce(
                m.payload -> 'interactive' -> 'button_reply' ->> 'id',
                m.payload -> 'interactive' -> 'list_reply' ->> 'id') AS choice
        FROM messages AS last JOIN messages AS m
            ON m.conversation_id = last.conversation_id AND m.direction = 'INBOUND'
            AND m.created_at BETWEEN last.created_at - interval '10 minutes' AND last.created_at
            AND (m.created_at, m.id) <= (last.created_at, last.id)
        WHERE last.id = $1 AND last.conversation_id = $2
            AND last.created_at BETWEEN uuid_time($1) - interval '1 day' AND uuid_time($1) + interval '1 day'
            AND NOT EXISTS (
                SELECT FROM ai_messages AS a
                WHERE a.salon_id = m.salon_id AND a.id = m.id AND a.created_at = m.created_at)
        ORDER BY m.created_at, m.id LIMIT 1
        """, takes: PostgresUUID.self, PostgresUUID.self, gives: WaitingMessage.self)

    /// What can be booked.
    static let services = Statement(
        "dialogue_services", .reads,
        """
        SELECT s.id, s.name, s.duration_minutes, s.price, coalesce(s.currency, t.currency) AS currency
        FROM services AS s JOIN salons AS t ON t.id = s.salon_id
        WHERE s.is_active AND s.deleted_at IS NULL ORDER BY s.name LIMIT 200
        """,
        gives: RowShape(
            Column("id", PostgresUUID.self), Column("name", String.self), Column("duration_minutes", Int32.self),
            Column("price", PostgresNumeric?.self), Column("currency", String?.self)
        ) { id, name, minutes, price, currency in
            DialogueService(
                id: id, name: name, minutes: Int(minutes), price: price.map { "\($0) \(currency ?? "")" })
        })

    /// When the salon is there this week.
    static let hours = Statement(
        "dialogue_hours", .reads,
        """
        SELECT weekday, opens, closes FROM opening_hours
        WHERE resource_id IS NULL AND deleted_at IS NULL
            AND (valid_from IS NULL OR valid_from <= current_date)
            AND (valid_until IS NULL OR valid_until >= current_date)
        ORDER BY weekday, opens LIMIT 50
        """,
        gives: RowShape(
            Column("weekday", Int16.self), Column("opens", PostgresTime.self), Column("closes", PostgresTime.self)
        ) {
            DialogueHours(
                weekday: Int($0), opens: .microseconds($1.microseconds), closes: .microseconds($2.microseconds))
        })

    /// Which turn a conversation is in. It is kept there until the transaction ends.
    static let turn = Statement(
        "dialogue_turn", .writes,
        """
        SELECT dialogue_turn FROM conversations
        WHERE id = $1 AND status <> 'BLOCKED' AND assigned_to IS NULL FOR NO KEY UPDATE
        """, takes: PostgresUUID.self, gives: RowShape(Column("dialogue_turn", Int32.self)) { $0 })

    /// A message was dealt with: how far the dialogue is by now, whether a person is waited for, and for analytics what was
    /// understood and said.
    static let end = Statement(
        "dialogue_end", .writes,
        """
        WITH known AS (
            INSERT INTO ai_conversations (salon_id, conversation_id, language, message_count)
            SELECT salon_id, id, $6, 1 + cardinality($7::text[]) FROM conversations WHERE id = $1
            ON CONFLICT (salon_id, conversation_id) DO UPDATE SET language = coalesce($6, ai_conversations.language),
                message_count = ai_conversations.message_count + excluded.message_count, last_activity = now(),
                updated_at = now()
            RETURNING salon_id, conversation_id
        ), heard AS (
            INSERT INTO ai_messages (salon_id, id, created_at, conversation_id, direction, content, intent, confidence)
            SELECT k.salon_id, m.id, m.created_at, k.conversation_id, 'INBOUND', coalesce(m.content, ''), $5,
                CASE WHEN $5::text IS NOT NULL THEN 1 END
            FROM known AS k JOIN messages AS m ON m.id = $2 AND m.created_at = $3
        ), said AS (
            INSERT INTO ai_messages (salon_id, conversation_id, direction, content)
            SELECT k.salon_id, k.conversation_id, 'OUTBOUND', words FROM known AS k, unnest($7::text[]) AS words
        )
        UPDATE conversations SET dialogue = coalesce($4, dialogue), dialogue_turn = dialogue_turn + 1,
            handed_over_at = CASE WHEN $8 THEN coalesce(handed_over_at, now()) END
        WHERE id = $1
        """,
        takes: PostgresUUID.self, PostgresUUID.self, Timestamp.self, PostgresJSON?.self, String?.self, String?.self,
        [String].self, Bool.self, gives: .none)

    /// A message was left to people, or to nobody.
    static let pass = Statement(
        "dialogue_pass", .writes,
        """
        WITH known AS (
            INSERT INTO ai_conversations (salon_id, conversation_id)
            SELECT salon_id, id FROM conversations WHERE id = $1 FOR NO KEY UPDATE
            ON CONFLICT (salon_id, conversation_id) DO UPDATE SET updated_at = now()
            RETURNING salon_id, conversation_id
        )
        INSERT INTO ai_messages (salon_id, id, created_at, conversation_id, direction, content)
        SELECT k.salon_id, m.id, m.created_at, k.conversation_id, 'INBOUND', coalesce(m.content, '')
        FROM known AS k JOIN messages AS m ON m.id = $2 AND m.created_at = $3
        ON CONFLICT DO NOTHING
        """, takes: PostgresUUID.self, PostgresUUID.self, Timestamp.self, gives: .none)

    /// Each of them.
    package static let all: [any AnyStatement] = [sight, waiting, services, hours, turn, end, pass]
}

/// What is known before a message is dealt with.
struct DialogueSight: StatementRow {
    let isSilent: Bool
    let isHandedOver: Bool
    let isOpen: Bool
    let dialogue: PostgresJSON?
    let turn: Int32
    let customer: PostgresUUID?
    let phone: String?
    let customerName: String?
    let customerLanguage: String?
    let salon: String
    let language: String
    let zone: String
    let now: Timestamp

    static let shape = RowShape(
        Column("is_silent", Bool.self), Column("is_handed_over", Bool.self), Column("is_open", Bool.self),
        Column("dialogue", PostgresJSON?.self), Column("dialogue_turn", Int32.self),
        Column("customer_id", PostgresUUID?.self), Column("phone_number", String?.self),
        Column("customer_name", String?.self), Column("customer_language", String?.self), Column("salon", String.self),
        Column("language", String.self), Column("timezone", String.self), Column("now", Timestamp.self)
    ) {
        DialogueSight(
            isSilent: $0, isHandedOver: $1, isOpen: $2, dialogue: $3, turn: $4, customer: $5, phone: $6,
            customerName: $7, customerLanguage: $8, salon: $9, language: $10, zone: $11, now: $12)
    }
}

/// A message that was not dealt with.
struct WaitingMessage: StatementRow {
    let id: PostgresUUID
    let created: Timestamp
    let type: String
    let content: String?
    let choice: String?

    static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("created_at", Timestamp.self), Column("message_type", String.self),
        Column("content", String?.self), Column("choice", String?.self)
    ) { WaitingMessage(id: $0, created: $1, type: $2, content: $3, choice: $4) }

    /// What the customer did; nil where nothing is to be answered.
    var input: DialogueInput? {
        if let choice { return .choice(choice) }
        return switch type {
        case "TEXT", "BUTTON", "INTERACTIVE": content.map(DialogueInput.text) ?? .other
        case "REACTION", "SYSTEM", "UNKNOWN": nil
        default: .other
        }
    }
}
