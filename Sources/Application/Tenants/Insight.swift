package import Postgres
package import Store

/// How often something was wanted in some days.
package struct IntentFigure: StatementRow, Hashable {
    /// What was wanted.
    package let intent: String
    /// How often.
    package let messages: Int64
    /// How sure the assistant was on average; nil when it never said.
    package let confidence: Double?

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("intent", String.self), Column("messages", Int64.self), Column("confidence", Double?.self)
    ) { IntentFigure(intent: $0, messages: $1, confidence: $2) }
}

/// How conversations went on a day, UTC.
package struct ConversationFigure: StatementRow, Hashable {
    /// The day.
    package let day: PostgresDate
    /// Conversations in which something was said.
    package let conversations: Int64
    /// What customers said.
    package let inbound: Int64
    /// What they were told.
    package let outbound: Int64
    /// What was not understood.
    package let unresolved: Int64
    /// What the assistant cost.
    package let cost: PostgresNumeric

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("day", PostgresDate.self), Column("conversation_count", Int64.self),
        Column("inbound_count", Int64.self), Column("outbound_count", Int64.self),
        Column("unresolved_count", Int64.self), Column("cost", PostgresNumeric.self)
    ) {
        ConversationFigure(
            day: $0, conversations: $1, inbound: $2, outbound: $3, unresolved: $4, cost: $5)
    }
}

/// How many bookings of a status begin on a day of the salon's calendar.
package struct BookingFigure: StatementRow, Hashable {
    /// The day.
    package let day: PostgresDate
    /// What has become of them.
    package let status: String
    /// How many.
    package let bookings: Int64

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("day", PostgresDate.self), Column("status", String.self), Column("bookings", Int64.self)
    ) { BookingFigure(day: $0, status: $1, bookings: $2) }
}

/// Statements about how a salon is doing, from a day up to another one.
package enum InsightStatements: StatementList {
    /// What was wanted, the most frequent first.
    package static let intents = Statement(
        "insight_intents", .reads,
        """
        SELECT intent, sum(message_count)::int8 AS messages,
            sum(confidence_sum) / nullif(sum(confident_count), 0)::float8 AS confidence
        FROM intent_analytics WHERE day >= $1 AND day < $2 GROUP BY intent ORDER BY 2 DESC, intent LIMIT 200
        """, takes: PostgresDate.self, PostgresDate.self, gives: IntentFigure.self)
    /// How conversations went, day by day.
    package static let conversations = Statement(
        "insight_conversations", .reads,
        """
        SELECT day, conversation_count, inbound_count, outbound_count, unresolved_count, cost
        FROM conversation_analytics WHERE day >= $1 AND day < $2 ORDER BY day
        """, takes: PostgresDate.self, PostgresDate.self, gives: ConversationFigure.self)
    /// Who came when, day by day: the index by start gives the days with a margin for any zone, the wall time decides.
    package static let bookings = Statement(
        "insight_bookings", .reads,
        """
        SELECT local_start::date AS day, status::text AS status, count(*) AS bookings FROM bookings
        WHERE start_ts >= $1::date - interval '1 day' AND start_ts < $2::date + interval '1 day'
            AND local_start >= $1::date AND local_start < $2::date AND deleted_at IS NULL
        GROUP BY 1, 2 ORDER BY 1, 2
        """, takes: PostgresDate.self, PostgresDate.self, gives: BookingFigure.self)

    /// Each of them.
    package static let all: [any AnyStatement] = [intents, conversations, bookings]
}
