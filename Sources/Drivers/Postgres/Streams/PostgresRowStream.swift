import CPostgres

/// The rows of one statement as they come, in constant memory: the server waits while nobody asks for the next one.
///
/// It can be read once, and only inside of the block that it was made for.
public struct PostgresRowStream: AsyncSequence, Sendable {
    private let use: SoleUse

    init(_ use: SoleUse) { self.use = use }

    /// Reads the rows.
    public func makeAsyncIterator() -> Iterator { Iterator(use: use) }

    /// What reads the rows.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let use: SoleUse

        /// The next row, nil behind the last one.
        public mutating func next() async throws -> PostgresRow? {
            while let result = try await use.next() {
                if result.status == PGRES_SINGLE_TUPLE { return PostgresRow(result: result, position: 0) }
            }
            return nil
        }
    }
}

extension PostgresSession {
    /// Runs a statement and hands its rows to `body` one after the other, however many there are.
    ///
    /// The session is `body`'s alone meanwhile. When `body` ends early, or its task is cancelled, the statement is
    /// called off. `limit` bounds all of it.
    public func stream<Result, each Value: PostgresEncodable>(
        _ sql: String, _ values: repeat each Value, within limit: Duration? = nil,
        _ body: (PostgresRowStream) async throws -> Result
    ) async throws -> Result {
        try await stream(sql, parameters: PostgresParameters(repeat each values), within: limit, body)
    }

    /// The same with parameters that were put together before.
    public func stream<Result>(
        _ sql: String, parameters: PostgresParameters, within limit: Duration? = nil,
        _ body: (PostgresRowStream) async throws -> Result
    ) async throws -> Result {
        try await alone(sql, rowByRow: true, within: limit) { handle in
            let isSent = parameters.withArrays { count, values, lengths, formats in
                parameters.types.withUnsafeBufferPointer { types in
                    PQsendQueryParams(
                        handle, sql, count, types.baseAddress, values, lengths, formats, PostgresFormat.binary.rawValue)
                }
            }
            return isSent == 1 ? PQsetSingleRowMode(handle) : 0
        } _: { use in
            try await body(PostgresRowStream(use))
        }
    }
}
