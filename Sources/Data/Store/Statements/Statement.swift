package import Postgres

/// A statement of the program: SQL as it stands, with the types of what goes in and what comes out.
///
/// A test prepares every statement against the migrated schema and checks names, types and whether NULL may come, so
/// each belongs to the list of a `StatementList`.
package struct Statement<Input: Sendable, Row: Sendable>: Sendable {
    /// The name under which it is counted and logged.
    package let name: String
    /// What the server gets.
    package let sql: String
    /// Whether it changes anything.
    package let access: StatementAccess
    /// What goes in.
    package let parameters: [ParameterShape]
    /// What comes out.
    package let row: RowShape<Row>
    let encode: @Sendable (Input) throws -> PostgresParameters

    /// A statement that takes values for `$1`, `$2` and so on, and returns rows.
    package init<each Parameter: PostgresEncodable>(
        _ name: String, _ access: StatementAccess, _ sql: String, takes: repeat (each Parameter).Type,
        gives row: RowShape<Row>
    ) where Input == (repeat each Parameter) {
        self.name = name
        self.access = access
        self.sql = sql
        self.row = row
        var shapes: [ParameterShape] = []
        repeat shapes.append(ParameterShape((each Parameter).self))
        parameters = shapes
        encode = { try PostgresParameters(repeat each $0) }
    }

    /// The same with rows that know their columns.
    package init<each Parameter: PostgresEncodable>(
        _ name: String, _ access: StatementAccess, _ sql: String, takes: repeat (each Parameter).Type,
        gives row: Row.Type
    ) where Input == (repeat each Parameter), Row: StatementRow {
        self.init(name, access, sql, takes: repeat (each Parameter).self, gives: Row.shape)
    }
}

/// Whether a statement changes anything.
package enum StatementAccess: Hashable, Sendable {
    /// It only reads, so a standby can answer it, and it can be sent again.
    case reads
    /// It changes something, or locks it.
    case writes
    /// It changes something, and twice is as once: it may be sent again when nobody knows what became of it.
    case writesRepeatably

    /// What sending it again would do.
    var repetition: Repetition { self == .writes ? .ofStatement : .always }
}

/// What is known of a parameter before the statement runs.
package struct ParameterShape: Sendable {
    /// The Swift type.
    package let type: String
    /// The type that the server is told; unspecified leaves it to the server.
    package let postgresType: PostgresType

    init<Value: PostgresEncodable>(_ type: Value.Type) {
        self.type = "\(type)"
        postgresType = Value.postgresType
    }
}

/// What is known of any statement.
package protocol AnyStatement: Sendable {
    /// The name under which it is counted and logged.
    var name: String { get }
    /// What the server gets.
    var sql: String { get }
    /// Whether it changes anything.
    var access: StatementAccess { get }
    /// What goes in.
    var parameters: [ParameterShape] { get }
    /// What comes out.
    var columns: [ColumnShape] { get }
}

extension Statement: AnyStatement {
    /// What comes out.
    package var columns: [ColumnShape] { row.columns }
}

/// A place in the sources that holds statements, with the list of them.
package protocol StatementList {
    /// Each of its statements.
    static var all: [any AnyStatement] { get }
}
