import CPostgres

/// Takes the data for a `COPY … FROM STDIN`; only inside of the block that it was made for.
public struct PostgresCopyIn: Sendable {
    fileprivate let use: SoleUse

    init(_ use: SoleUse) { self.use = use }

    /// Sends some data, in pieces of whatever size; waits while the server is slow.
    public func write(_ bytes: [UInt8]) async throws { try await use.send(bytes) }
}

/// Takes rows of values for a table; only inside of the block that it was made for.
public struct PostgresRowWriter {
    /// Rows are sent together when they have come to this size.
    private static let pieceSize = 64 << 10
    /// How the binary form begins: a signature, no flags, no extension.
    private static let head: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00] + [UInt8](repeating: 0, count: 8)

    private let use: SoleUse
    private let columnCount: Int
    private var waiting = PostgresWriter()

    init(_ use: SoleUse, columnCount: Int) {
        self.use = use
        self.columnCount = columnCount
        waiting.write(Self.head)
    }

    /// Adds one row in the order of the columns.
    ///
    /// The server converts nothing here: a `bigint` wants an `Int`, an `integer` an `Int32`.
    public mutating func write<each Value: PostgresEncodable>(_ values: repeat each Value) async throws {
        var count = 0
        func add<Next: PostgresEncodable>(_ value: Next) throws(PostgresError) {
            count += 1
            do throws(PostgresValueFault) {
                try waiting.write(part: value)
            } catch {
                throw .unusable("column \(count) of a row cannot be sent", why: error.description)
            }
        }
        waiting.write(integer: Int16(columnCount))
        repeat try add(each values)
        guard count == columnCount else {
            throw PostgresError.unusable("a row has \(count) values", why: "\(columnCount) columns are written")
        }
        if waiting.bytes.count >= Self.pieceSize { try await flush() }
    }

    private mutating func flush() async throws {
        try await use.send(waiting.bytes)
        waiting.removeAll()
    }

    /// The binary form ends with a row of no width.
    mutating func finish() async throws {
        waiting.write(integer: Int16(-1))
        try await flush()
    }
}

extension PostgresSession {
    /// Runs a `COPY … FROM STDIN` with the data that `body` writes, and gives back how many rows the server made of
    /// them.
    ///
    /// The session is `body`'s alone meanwhile. When `body` throws, or its task is cancelled, nothing of it is kept.
    /// `limit` bounds all of it; a connection that breaks at the end leaves the outcome unknown.
    @discardableResult
    public func copyIn(
        _ sql: String, within limit: Duration? = nil, _ body: (PostgresCopyIn) async throws -> Void
    ) async throws -> Int {
        try await alone(sql, within: limit) { handle in
            PQsendQuery(handle, sql)
        } _: { use in
            try await use.startCopy(PGRES_COPY_IN)
            try await body(PostgresCopyIn(use))
            return try await use.endCopy()
        }
    }

    /// Writes rows into a table by `COPY` in its binary form, and gives back how many.
    ///
    /// A name may be qualified: `["salon", "booking"]`. What holds for `copyIn` holds here.
    @discardableResult
    public func copyRows(
        into table: [String], columns: [String], within limit: Duration? = nil,
        _ body: (inout PostgresRowWriter) async throws -> Void
    ) async throws -> Int {
        let name = table.map(quoteIdentifier).joined(separator: ".")
        let list = columns.map(quoteIdentifier).joined(separator: ", ")
        let sql = "COPY \(name) (\(list)) FROM STDIN (FORMAT binary)"
        return try await copyIn(sql, within: limit) { copy in
            var writer = PostgresRowWriter(copy.use, columnCount: columns.count)
            try await body(&writer)
            try await writer.finish()
        }
    }
}
