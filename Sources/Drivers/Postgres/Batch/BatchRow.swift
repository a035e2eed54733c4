/// One row for a `CommitBatcher`, encoded and so checked before it meets the others.
public struct BatchRow: Sendable {
    /// The types of the columns, as the elements of arrays.
    let types: [PostgresType]
    /// The cells behind their lengths, one after the other.
    let bytes: [UInt8]
    /// Where each cell ends.
    let ends: [Int]

    /// A row of values in the order of the statement's parameters.
    public init<each Value: PostgresEncodable & PostgresElement>(
        _ values: repeat each Value
    ) throws(PostgresError) {
        var writer = PostgresWriter()
        var types: [PostgresType] = []
        var ends: [Int] = []
        // What most rows need, in one allocation each.
        writer.reserve(512)
        types.reserveCapacity(8)
        ends.reserveCapacity(8)
        func add<Next: PostgresEncodable & PostgresElement>(_ value: Next) throws(PostgresError) {
            do throws(PostgresValueFault) {
                try writer.write(part: value)
            } catch {
                throw .unusable("column \(types.count + 1) of a row cannot be sent", why: error.description)
            }
            types.append(Next.postgresElementType)
            ends.append(writer.bytes.count)
        }
        repeat try add(each values)
        self.types = types
        self.ends = ends
        bytes = writer.bytes
    }

    func cell(_ column: Int) -> ArraySlice<UInt8> { bytes[(column == 0 ? 0 : ends[column - 1])..<ends[column]] }
}

/// The statement of a `CommitBatcher`: it takes one array for each column.
///
///     BatchStatement(
///         "INSERT INTO event (sender, body) SELECT * FROM unnest($1::text[], $2::jsonb[])",
///         columns: String.self, PostgresJSON.self)
public struct BatchStatement: Sendable {
    /// The SQL.
    public let sql: String
    /// What its transaction is told first.
    let context: StatementContext?
    let types: [PostgresType]

    /// A statement and the types of its columns. `context` is what the transaction of a batch is told first.
    public init<each Value: PostgresElement>(
        _ sql: String, columns: repeat (each Value).Type, context: StatementContext? = nil
    ) {
        self.sql = sql
        self.context = context
        var types: [PostgresType] = []
        repeat types.append((each Value).postgresElementType)
        self.types = types
    }

    /// The arrays of some rows.
    func parameters(_ rows: [BatchRow]) -> PostgresParameters {
        var parameters = PostgresParameters()
        for (column, type) in types.enumerated() {
            var writer = PostgresWriter()
            writer.reserve(20 + rows.reduce(0) { $0 + $1.cell(column).count })
            writer.write(integer: Int32(1))
            // That there are NULLs may be said of any array.
            writer.write(integer: Int32(1))
            writer.write(integer: type.oid)
            writer.write(integer: Int32(rows.count))
            writer.write(integer: Int32(1))
            for row in rows { writer.write(row.cell(column)) }
            parameters.append(encoded: writer.bytes, type: type.array ?? .unspecified)
        }
        return parameters
    }
}
