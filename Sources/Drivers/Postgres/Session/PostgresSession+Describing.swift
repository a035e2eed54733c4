import CPostgres

/// What the server knows of a statement before it runs.
public struct StatementDescription: Hashable, Sendable {
    /// A column of its result.
    public struct Column: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Its type.
        public let type: PostgresType
        /// The table's number in `pg_class`; 0 for what is no column of a table.
        public let table: UInt32
        /// The column's number in that table.
        public let number: Int
    }

    /// The types of `$1`, `$2` and so on.
    public let parameters: [PostgresType]
    /// The columns, none for a statement that returns no rows.
    public let columns: [Column]
}

extension PostgresSession {
    /// Has a statement prepared and described without running it. Parameters without a type in `types` get the one that
    /// the server finds fitting. It has the session for itself.
    public func describe(
        _ sql: String, types: [PostgresType] = [], within limit: Duration? = nil
    ) async throws -> StatementDescription {
        let name = "parlor_described"
        let oids = types.map(\.oid)
        try await alone(sql, within: limit) { handle in
            oids.withUnsafeBufferPointer { PQsendPrepare(handle, name, sql, Int32($0.count), $0.baseAddress) }
        } _: { use in
            while try await use.next() != nil {}
        }
        let description = try await alone(sql, within: limit) { handle in
            PQsendDescribePrepared(handle, name)
        } _: { use in
            let description = try await use.next()?.description
            while try await use.next() != nil {}
            return description
        }
        try await execute("DEALLOCATE \(name)", within: limit)
        guard let description else { throw PostgresError.unusable("the server described nothing") }
        return description
    }
}
