/// What is known of a database before migrations run on it.
package struct LintedDatabase: Hashable, Sendable {
    /// Its tables by name, with their schema in front unless it is the one where names without a schema lead.
    package var tables: [String: LintedTable]
    /// The schema where names without one lead.
    package var schema = "public"
    /// Whether a table that is not among them may exist all the same.
    package var isIncomplete: Bool

    /// A database with these tables and no others.
    package init(tables: [String: LintedTable] = [:]) {
        self.tables = tables
        isIncomplete = false
    }

    /// A database in which nothing exists yet.
    package static let empty = LintedDatabase()

    /// A database of which nothing is known: whatever the migrations do not create is taken for large.
    package static let unknown: LintedDatabase = {
        var database = LintedDatabase()
        database.isIncomplete = true
        return database
    }()
}

/// What is known of a table.
package struct LintedTable: Hashable, Sendable {
    /// About how many rows it has, if that is known.
    package var rows: Int?
    /// How much room it takes with its indexes, if that is known.
    package var bytes: Int?
    /// The types of its columns by their names.
    package var columns: [String: String]
    /// Its foreign keys by their names.
    package var foreignKeys: [String: LintedForeignKey]
    /// Its indexes.
    package var indexes: Set<String>
    /// The columns that a valid check keeps from being NULL.
    package var checkedColumns: Set<String>

    /// A table.
    package init(
        rows: Int? = nil, bytes: Int? = nil, columns: [String: String] = [:],
        foreignKeys: [String: LintedForeignKey] = [:],
        indexes: Set<String> = [], checkedColumns: Set<String> = []
    ) {
        self.rows = rows
        self.bytes = bytes
        self.columns = columns
        self.foreignKeys = foreignKeys
        self.indexes = indexes
        self.checkedColumns = checkedColumns
    }

    /// Whether it surely has no row.
    var isEmpty: Bool { rows == 0 || bytes == 0 }

    /// Whether anything that reads or writes all of it is over in a moment.
    var isSmall: Bool {
        if isEmpty { return true }
        guard let bytes else { return rows.map { $0 <= Self.smallRows } ?? false }
        return bytes <= Self.smallBytes
    }

    private static let smallRows = 10_000
    private static let smallBytes = 8 << 20
}

/// What is known of a foreign key.
package struct LintedForeignKey: Hashable, Sendable {
    /// The table that it leads to.
    package let target: SQLName
    /// Its own columns.
    package let columns: [String]
    /// Those that they are looked up in.
    package let targetColumns: [String]

    /// A foreign key.
    package init(target: SQLName, columns: [String] = [], targetColumns: [String] = []) {
        self.target = target
        self.columns = columns
        self.targetColumns = targetColumns
    }
}
