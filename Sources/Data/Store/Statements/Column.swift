package import Postgres

/// A column that a statement returns: its name and what its values are read as. An optional type may be NULL.
package struct Column<Value: PostgresDecodable & Sendable>: Sendable {
    let name: String

    /// A column by its name in the result.
    package init(_ name: String, _ type: Value.Type = Value.self) { self.name = name }
}

/// What is known of a column before the statement runs, for the test that prepares every statement.
package struct ColumnShape: Sendable {
    /// Its name in the result.
    package let name: String
    /// The Swift type.
    package let type: String
    /// Whether NULL can be read.
    package let isOptional: Bool
    /// Whether values of the server's type can be read.
    package let isReadable: @Sendable (PostgresType) -> Bool
}

/// The columns of a row in the order of the statement, and the value that is made of them.
package struct RowShape<Row: Sendable>: Sendable {
    /// The columns.
    package let columns: [ColumnShape]
    let make: @Sendable (PostgresRow) throws -> Row

    /// A row of these columns, made into a value by `make`.
    package init<each Value: PostgresDecodable & Sendable>(
        _ columns: repeat Column<each Value>, make: @escaping @Sendable (repeat each Value) -> Row
    ) {
        var shapes: [ColumnShape] = []
        func add<Next: PostgresDecodable & Sendable>(_ column: Column<Next>) {
            shapes.append(
                ColumnShape(
                    name: column.name, type: "\(Next.self)", isOptional: (try? Next.fromNull()) != nil,
                    isReadable: { Next.isReadable(from: $0) }))
        }
        repeat add(each columns)
        self.columns = shapes
        self.make = { row in
            var cells = row.cells
            return make(repeat try cells.next((each Value).self))
        }
    }
}

extension RowShape where Row == Void {
    /// A statement that returns no rows.
    package static let none = RowShape(columns: [], make: { _ in })

    private init(columns: [ColumnShape], make: @escaping @Sendable (PostgresRow) throws -> Void) {
        self.columns = columns
        self.make = make
    }
}

/// A value that is read from a row.
package protocol StatementRow: Sendable {
    /// The columns it is made of.
    static var shape: RowShape<Self> { get }
}
