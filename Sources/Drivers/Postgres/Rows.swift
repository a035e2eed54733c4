import Basics

/// The rows of one statement, in the server's order.
public struct Rows: RandomAccessCollection, Sendable {
    let result: ServerResult

    init(_ result: ServerResult) { self.result = result }

    /// The names of the columns.
    public var columns: [String] { (0..<result.columnCount).map(result.columnName) }

    /// The kind of statement and its count as the server writes them, like `INSERT 0 3`.
    public var command: String { result.command }

    /// How many rows the statement returned or changed.
    public var affected: Int { result.affected }

    /// Always 0.
    public var startIndex: Int { 0 }

    /// The number of rows.
    public var endIndex: Int { result.rowCount }

    /// The row at a position, counted from 0.
    public subscript(position: Int) -> Row {
        precondition(indices.contains(position), "there is no row \(position) among \(count)")
        return Row(result: result, position: position)
    }

    /// The one row there is; an error when there are none or several.
    public var only: Row {
        get throws(PostgresError) {
            guard count == 1 else { throw .unusable("one row was expected and \(count) came") }
            return self[0]
        }
    }
}

/// One row of a result.
public struct Row: Sendable {
    let result: ServerResult
    let position: Int

    /// The text in a column, nil for NULL.
    public subscript(column: String) -> String? {
        get throws(PostgresError) { result.text(row: position, column: try index(of: column)) }
    }

    /// The value in a column; an error when it is NULL or cannot be read. Ask for `Int?.self` where NULL is fine.
    public subscript<Value: SQLReadable>(column: String, as type: Value.Type) -> Value {
        get throws(PostgresError) {
            guard let text = try self[column] else {
                guard let null = Value.sqlNull else {
                    throw .unusable(
                        "column \(quoteIdentifier(column)) is NULL", why: "\(type) was asked for",
                        hint: "Ask for \(type)?.self where NULL may come.")
                }
                return null
            }
            guard let value = Value(sqlText: text) else {
                throw .unusable(
                    "column \(quoteIdentifier(column)) cannot be read", why: "\(type) was asked for",
                    detail: "VALUE: \(text)")
            }
            return value
        }
    }

    private func index(of name: String) throws(PostgresError) -> Int {
        let columns = (0..<result.columnCount).lazy.map(result.columnName)
        if let found = columns.firstIndex(of: name) { return found }
        let names = columns.map(quoteIdentifier).joined(separator: ", ")
        throw .unusable(
            "the result has no column \(quoteIdentifier(name))", why: didYouMean(name, among: columns),
            hint: names.isEmpty ? "It has no columns at all." : "Its columns are \(names).")
    }
}
