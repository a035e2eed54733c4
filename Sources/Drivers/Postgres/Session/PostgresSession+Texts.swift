import CPostgres
import Loop

/// The rows of a statement that was sent by the simple protocol: every value is the text that the server wrote.
public struct PostgresTextRows: Hashable, Sendable {
    /// The names of the columns.
    public var columns: [String]
    /// The values of each row in the order of the columns; nil for NULL.
    public var rows: [[String?]]
}

extension PostgresSession {
    /// Runs a script by the simple protocol and gives back the rows of its last statement as text.
    ///
    /// This is for servers that know no other protocol, like PgBouncer's console. Everything else stands as in
    /// `execute`.
    public func textRows(_ script: String, within limit: Duration? = nil) async throws -> PostgresTextRows {
        try await alone(script, within: limit) { handle in
            PQsendQuery(handle, script)
        } _: { use in
            var found = PostgresTextRows(columns: [], rows: [])
            while let result = try await use.next() {
                guard result.status != PGRES_COPY_IN, result.status != PGRES_COPY_OUT else {
                    throw PostgresError.unusable(
                        "COPY cannot be run in a script", hint: "Use copyIn, copyOut or copyRows.",
                        detail: "SQL: \(script)")
                }
                found = result.texts
            }
            return found
        }
    }
}
