import Basics

/// The rows that a session's statement returned, typed, in the server's order.
public struct PostgresRows: RandomAccessCollection, Sendable {
    let result: ServerResult

    init(_ result: ServerResult) { self.result = result }

    /// The names of the columns.
    public var columns: [String] { (0..<result.columnCount).map(result.columnName) }

    /// The types of the columns.
    public var types: [PostgresType] { (0..<result.columnCount).map(result.columnType) }

    /// The kind of statement and its count as the server writes them, like `INSERT 0 3`.
    public var command: String { result.command }

    /// How many rows the statement returned or changed.
    public var affected: Int { result.affected }

    /// Always 0.
    public var startIndex: Int { 0 }

    /// The number of rows.
    public var endIndex: Int { result.rowCount }

    /// The row at a position, counted from 0.
    public subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "there is no row \(position) among \(count)")
        return PostgresRow(result: result, position: position)
    }

    /// The one row there is; an error when there are none or several.
    public var only: PostgresRow {
        get throws(PostgresError) {
            guard count == 1 else { throw .unusable("one row was expected and \(count) came") }
            return self[0]
        }
    }
}

/// One row of a session's statement.
public struct PostgresRow: Sendable {
    let result: ServerResult
    let position: Int

    /// The value in the column of that name.
    public subscript<Value: PostgresDecodable>(column: String, as type: Value.Type = Value.self) -> Value {
        get throws(PostgresError) {
            guard let index = result.columnIndex(column) else { throw missing(column) }
            return try self[index, as: type]
        }
    }

    /// The value in a column, counted from 0.
    public subscript<Value: PostgresDecodable>(column: Int, as type: Value.Type = Value.self) -> Value {
        get throws(PostgresError) {
            guard (0..<result.columnCount).contains(column) else {
                throw .unusable("the result has no column \(column)", why: "it has \(result.columnCount)")
            }
            do throws(PostgresValueFault) {
                return try result.value(type, row: position, column: column)
            } catch {
                let name = "column \(quoteIdentifier(result.columnName(column)))"
                throw .unreadable(name, wanted: type, found: result.columnType(column), error)
            }
        }
    }

    /// All values in the order of the columns: `try row.values(as: Int.self, String?.self)`.
    public func values<each Value: PostgresDecodable>(
        as types: repeat (each Value).Type
    ) throws(PostgresError) -> (repeat each Value) {
        var cells = cells
        return try (repeat cells.next((each Value).self))
    }

    /// The values one after another, for who needs no tuple of them.
    public var cells: PostgresCells { PostgresCells(row: self) }

    private func missing(_ name: String) -> PostgresError {
        let columns = (0..<result.columnCount).map(result.columnName)
        return .unusable(
            "the result has no column \(quoteIdentifier(name))", why: didYouMean(name, among: columns),
            hint: columns.isEmpty
                ? "It has no columns at all."
                : "Its columns are \(columns.map(quoteIdentifier).joined(separator: ", ")).")
    }
}

/// Reads the values of a row in the order of the columns.
public struct PostgresCells: Sendable {
    private let row: PostgresRow
    private var column = 0

    fileprivate init(row: PostgresRow) { self.row = row }

    /// The next value.
    public mutating func next<Value: PostgresDecodable>(
        _ type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        defer { column += 1 }
        return try row[column, as: type]
    }
}

extension PostgresError {
    /// A cell that is not what was asked for; names the place and both types, and no value.
    static func unreadable(
        _ place: String, wanted: Any.Type, found: PostgresType, _ fault: PostgresValueFault
    ) -> PostgresError {
        let why = "\(wanted) was asked for and the server sent \(found)"
        if fault == .null {
            return .unusable(
                "\(place) is NULL", why: why, hint: "Ask for \(wanted)?.self where NULL may come.")
        }
        return .unusable(
            "\(place) cannot be read", why: fault == .wrongType ? why : "\(why): \(fault)",
            hint: fault == .wrongType ? "Ask for another type, or cast the column in the statement." : nil)
    }
}
