package import Postgres
package import Store

/// A row that clients read and change: it has a key, and counts its versions.
package protocol VersionedRow: StatementRow {
    /// Its key.
    var id: PostgresUUID { get }
    /// How often it was changed.
    var version: Int32 { get }
}

/// What is done with the rows of a table by key. Statements that write take a document of columns, checked before: one
/// statement serves every combination of columns, and what a document does not name stays as it is.
package struct RowStatements<Row: VersionedRow>: Sendable {
    /// So many rows behind a key, in the order of their keys, which is that of their making.
    package let list: Statement<(PostgresUUID, Int), Row>
    /// The row of a key.
    package let one: Statement<PostgresUUID, Row>
    /// Makes a row of a document.
    package let insert: Statement<PostgresJSON, Row>
    /// Changes the row of a key by a document, if it still has the version that is given, or whatever version without.
    package let update: Statement<(PostgresUUID, PostgresJSON, Int32?), Row>
    /// Removes the row of a key, under the same condition; gives back its key.
    package let remove: Statement<(PostgresUUID, Int32?), PostgresUUID>

    /// Statements of one table.
    package init(
        list: Statement<(PostgresUUID, Int), Row>, one: Statement<PostgresUUID, Row>,
        insert: Statement<PostgresJSON, Row>, update: Statement<(PostgresUUID, PostgresJSON, Int32?), Row>,
        remove: Statement<(PostgresUUID, Int32?), PostgresUUID>
    ) {
        self.list = list
        self.one = one
        self.insert = insert
        self.update = update
        self.remove = remove
    }
}

extension RowShape where Row == PostgresUUID {
    /// The key alone.
    package static var key: RowShape<PostgresUUID> { RowShape(Column("id", PostgresUUID.self)) { $0 } }
}
