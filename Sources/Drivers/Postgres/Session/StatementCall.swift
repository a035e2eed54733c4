/// One statement on its way through a session, with the task that waits for it.
///
/// States: waiting its turn, sent, and answered or abandoned, when `continuation` is nil.
final class StatementCall: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the session's loop only.
    let sql: String
    let parameters: PostgresParameters
    /// What is sent in front of it, in the same transaction.
    let context: StatementContext?
    /// A commit or a rollback: it is never called off on the server.
    let isGuarded: Bool
    var fate: StatementFate
    var continuation: CheckedContinuation<PostgresRows, any Error>?
    /// The name under which it was prepared; nil without a name.
    var name: String?
    /// The same of its context, and of what that stands on.
    var contextName: String?
    var baseName: String?
    /// How often it was sent.
    var sendings = 0
    /// Whether it was sent and is not answered yet.
    var isInFlight = false
    /// Nobody waits for it any more.
    var isAbandoned = false
    /// Whether it was sent again because its preparation was found to be gone.
    var isRenewed = false
    /// How many cancel requests the session had made when it was sent.
    var cancelsBefore = 0

    init(
        _ sql: String, _ parameters: PostgresParameters, context: StatementContext? = nil, fate: StatementFate,
        isGuarded: Bool = false
    ) {
        self.sql = sql
        self.parameters = parameters
        self.context = context
        self.fate = fate
        self.isGuarded = isGuarded
    }

    /// Hears the outcome where no task waits for it.
    var onOutcome: ((Result<PostgresRows, any Error>) -> Void)?

    func succeed(_ rows: PostgresRows) {
        continuation.take()?.resume(returning: rows)
        onOutcome.take()?(.success(rows))
    }

    func fail(_ error: any Error) {
        continuation.take()?.resume(throwing: error)
        onOutcome.take()?(.failure(error))
    }
}
