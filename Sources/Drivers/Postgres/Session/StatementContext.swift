/// What the transaction of a statement has to be told first, like for whom it works: a statement that is sent in front of
/// it, in the same transaction and the same way to the server. Its rows are dropped.
///
/// What it sets must end with the transaction (`set_config(…, true)`, `SET LOCAL`): statements with other contexts follow
/// on the same connection.
public struct StatementContext: Sendable {
    let sql: String
    let parameters: PostgresParameters

    /// A statement with its values.
    public init<each Value: PostgresEncodable>(_ sql: String, _ values: repeat each Value) throws(PostgresError) {
        self.sql = sql
        parameters = try PostgresParameters(repeat each values)
    }
}
