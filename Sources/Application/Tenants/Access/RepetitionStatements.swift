package import Postgres
package import Store

/// The answer that a request has had, for those who ask again.
package struct KeptAnswer: StatementRow, Hashable {
    /// What the request was, hashed.
    package let requestHash: [UInt8]
    /// The status.
    package let status: Int32
    /// Some fields of the head.
    package let headers: PostgresJSON
    /// The body.
    package let body: [UInt8]

    /// An answer.
    package init(requestHash: [UInt8], status: Int32, headers: PostgresJSON, body: [UInt8]) {
        self.requestHash = requestHash
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("request_hash", [UInt8].self), Column("response_status", Int32.self),
        Column("response_headers", PostgresJSON.self), Column("response_body", [UInt8].self)
    ) { KeptAnswer(requestHash: $0, status: $1, headers: $2, body: $3) }
}

/// Statements that let a request come twice and take effect once. All three run in the transaction of the effect: what
/// was not committed has no answer, and what was has one.
package enum RepetitionStatements: StatementList {
    /// Claims a key until the transaction ends; false while another request has it. Nothing is left of a claim whose
    /// process died.
    package static let claim = Statement(
        "repetition_claim", .writes,
        "SELECT pg_try_advisory_xact_lock(hashtextextended(current_salon()::text || ' ' || $1, 0)) AS is_claimed",
        takes: String.self, gives: RowShape(Column("is_claimed", Bool.self)) { $0 })

    /// The answer to a key that is still kept.
    package static let answer = Statement(
        "repetition_answer", .reads,
        """
        SELECT request_hash, coalesce(response_status, 0) AS response_status,
            coalesce(response_headers, '{}') AS response_headers, coalesce(response_body, '') AS response_body
        FROM idempotency_keys WHERE key = $1 AND expires_at > now()
        """, takes: String.self, gives: KeptAnswer.self)

    /// Keeps an answer for a day. One that is over gives way.
    package static let keep = Statement(
        "repetition_keep", .writes,
        """
        INSERT INTO idempotency_keys (salon_id, key, request_hash, response_status, response_headers, response_body)
        VALUES (current_salon(), $1, $2, $3, $4, $5)
        ON CONFLICT (salon_id, key) DO UPDATE SET request_hash = excluded.request_hash,
            response_status = excluded.response_status, response_headers = excluded.response_headers,
            response_body = excluded.response_body, created_at = now(), expires_at = now() + interval '24 hours'
        """, takes: String.self, [UInt8].self, Int32.self, PostgresJSON.self, [UInt8].self, gives: .none)

    /// Each of them.
    package static let all: [any AnyStatement] = [claim, answer, keep]
}
