/// What the transaction of a statement has to be told first, like for whom it works: a statement that is sent in front of
/// it, in the same transaction and the same way to the server. Its rows are dropped.
///
/// What it sets must end with the transaction (`set_config(…, true)`, `SET LOCAL`): statements with other contexts follow
/// on the same connection.
public struct StatementContext: Sendable {
    /// What stands in front of both, like a role: said once to a transaction, however many of its statements ask for it.
    let base: String?
    let sql: String
    let parameters: PostgresParameters

    /// A statement with its values. It and its `base`, which has none, must leave nothing of what other contexts may have
    /// said before in the same transaction; what the base says it may not undo.
    public init<each Value: PostgresEncodable>(
        _ sql: String, _ values: repeat each Value, base: String? = nil
    ) throws(PostgresError) {
        self.base = base
        self.sql = sql
        parameters = try PostgresParameters(repeat each values)
    }
}
