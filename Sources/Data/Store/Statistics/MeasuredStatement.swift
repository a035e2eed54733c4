package import Postgres

/// A statement that is measured: its stable name, and what its plan can be asked for with.
package struct MeasuredStatement: Hashable, Sendable {
    /// The name in metrics and logs. It stands in the sources, so there are only so many.
    package let name: String
    /// The text with `$1`, `$2` and so on.
    package let sql: String
    /// The types of the parameters, which may be left to the server.
    package let parameterTypes: [PostgresType]

    /// Describes a statement.
    package init(_ name: StaticString, _ sql: String, parameterTypes: [PostgresType] = []) {
        self.name = "\(name)"
        self.sql = sql
        self.parameterTypes = parameterTypes
    }

    /// A statement of the store.
    package init(_ statement: any AnyStatement) {
        name = statement.name
        sql = statement.sql
        parameterTypes = statement.parameters.map(\.postgresType)
    }
}
