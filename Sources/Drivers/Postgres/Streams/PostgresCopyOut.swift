import CPostgres

/// The data of a `COPY … TO STDOUT` in pieces of whole rows: the server waits while nobody asks for the next one.
///
/// It can be read once, and only inside of the block that it was made for.
public struct PostgresCopyOut: AsyncSequence, Sendable {
    /// Small rows are put together up to about this size.
    fileprivate static let pieceSize = 64 << 10
    fileprivate let use: SoleUse

    init(_ use: SoleUse) { self.use = use }

    /// Reads the pieces.
    public func makeAsyncIterator() -> Iterator { Iterator(use: use) }

    /// What reads the pieces.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let use: SoleUse

        /// What has come of the data, at least one row of it; nil behind the last one.
        public mutating func next() async throws -> [UInt8]? {
            var piece: [UInt8] = []
            return try await use.receive(into: &piece, upTo: PostgresCopyOut.pieceSize) ? piece : nil
        }
    }
}

extension PostgresSession {
    /// Runs a `COPY … TO STDOUT` and hands what comes to `body`, in constant memory.
    ///
    /// The session is `body`'s alone meanwhile. When `body` ends early, or its task is cancelled, the copy is called
    /// off. `limit` bounds all of it.
    public func copyOut<Result>(
        _ sql: String, within limit: Duration? = nil, _ body: (PostgresCopyOut) async throws -> Result
    ) async throws -> Result {
        try await alone(sql, within: limit) { handle in
            PQsendQuery(handle, sql)
        } _: { use in
            try await use.startCopy(PGRES_COPY_OUT)
            return try await body(PostgresCopyOut(use))
        }
    }
}
