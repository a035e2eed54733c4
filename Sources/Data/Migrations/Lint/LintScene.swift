/// The database as the migrations so far have made it.
struct LintScene: Sendable {
    private var database: LintedDatabase
    private var made: Set<String> = []
    /// The columns of the checks against NULL that are not validated yet, by table and constraint.
    private var unvalidated: [String: [String: String]] = [:]
    /// Which table each index belongs to.
    private var indexes: [String: String] = [:]

    init(_ database: LintedDatabase) {
        self.database = database
        for (table, known) in database.tables {
            for index in known.indexes { indexes[index] = table }
        }
    }

    // MARK: - Asking

    /// As `LintedDatabase.tables` has it.
    private func key(_ name: SQLName) -> String {
        name.schema.map { $0 == database.schema ? name.name : "\($0).\(name.name)" } ?? name.name
    }

    /// What is known of a table that existed before; nil for one that these migrations made, or that does not exist.
    func existing(_ name: SQLName) -> LintedTable? {
        if made.contains(key(name)) { return nil }
        return database.tables[key(name)] ?? (database.isIncomplete ? LintedTable() : nil)
    }

    func table(ofIndex name: SQLName) -> SQLName? { (indexes[key(name)] ?? indexes[name.name]).map(Self.name) }

    func foreignKeys(of table: SQLName) -> [String: SQLName] {
        (database.tables[key(table)]?.foreignKeys ?? [:]).mapValues(\.target)
    }

    /// The tables at the other ends of the foreign keys that a column takes part in.
    func tables(boundTo column: String, of table: SQLName) -> [SQLName] {
        let outgoing = database.tables[key(table)]?.foreignKeys.values.filter { $0.columns.contains(column) } ?? []
        let incoming = database.tables.filter { _, other in
            other.foreignKeys.values.contains { key($0.target) == key(table) && $0.targetColumns.contains(column) }
        }
        return (outgoing.map(\.target) + incoming.keys.map(Self.name)).filter { $0 != table }
    }

    func type(of column: String, in table: SQLName) -> ColumnType? {
        guard let text = database.tables[key(table)]?.columns[column] else { return nil }
        return (try? SQLScript(text))?.statements.first.map { ColumnType($0.tokens) }
    }

    /// A change whose old type is not known is taken for a rewrite.
    func rewrites(_ column: String, of table: SQLName, to type: ColumnType, using: [SQLToken]) -> Bool {
        guard let old = self.type(of: column, in: table) else { return true }
        return !old.becomesWithoutRewrite(type) || !Self.isPlain(using, column)
    }

    func isChecked(_ column: String, of table: SQLName) -> Bool {
        database.tables[key(table)]?.checkedColumns.contains(column) == true
    }

    /// Whether it is nothing but the column, or a cast of it.
    private static func isPlain(_ expression: [SQLToken], _ column: String) -> Bool {
        let names = expression.filter { !$0.isSymbol("(") && !$0.isSymbol(")") }
        return names.isEmpty || (names.first?.name == column && (names.count == 1 || names[1].isSymbol("::")))
    }

    private static func name(_ key: String) -> SQLName {
        let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
        return parts.count == 2 ? SQLName(parts[1], in: parts[0]) : SQLName(key)
    }

    // MARK: - Going on

    /// Takes in what a statement does.
    mutating func apply(_ statement: SchemaStatement) {
        switch statement {
        case .createTable(let table): create(table)
        case .createView(let name, isReplacement: false): made.insert(key(name))
        case .createIndex(let index): if let name = index.name { indexes[name.name] = key(index.table) }
        case .dropTable(let names), .dropView(let names): for name in names { database.tables[key(name)] = nil }
        case .alterTable(let name, let changes): for change in changes { apply(change, to: name) }
        default: break
        }
    }

    private mutating func create(_ table: TableCreation) {
        guard existing(table.name) == nil || database.isIncomplete else { return }
        made.insert(key(table.name))
        var known = LintedTable(rows: 0)
        for column in table.columns {
            known.columns[column.name] = column.type.description
        }
        for constraint in table.constraints { note(constraint, of: key(table.name), in: &known) }
        database.tables[key(table.name)] = known
    }

    private mutating func apply(_ change: TableChange, to name: SQLName) {
        var table = database.tables[key(name)] ?? LintedTable()
        switch change {
        case .addColumn(let column): table.columns[column.name] = column.type.description
        case .changeType(let column, let type, _): table.columns[column] = type.description
        case .dropColumn(let column): table.columns[column] = nil
        case .renameColumn(let old, let new): table.columns[new] = table.columns.removeValue(forKey: old)
        case .addConstraint(let constraint): note(constraint, of: key(name), in: &table)
        case .validate(let constraint):
            if let column = unvalidated[key(name)]?[constraint] { table.checkedColumns.insert(column) }
        case .dropConstraint(let constraint): table.foreignKeys[constraint] = nil
        case .renameTable(let new):
            if made.remove(key(name)) != nil { made.insert(new) }
            database.tables[new] = database.tables.removeValue(forKey: key(name))
            return
        default: return
        }
        if database.tables[key(name)] != nil || database.isIncomplete { database.tables[key(name)] = table }
    }

    private mutating func note(_ constraint: ConstraintDefinition, of key: String, in table: inout LintedTable) {
        if let name = constraint.name, let target = constraint.references {
            table.foreignKeys[name] = LintedForeignKey(
                target: target, columns: constraint.columns, targetColumns: constraint.targetColumns)
        }
        guard constraint.kind == .check, constraint.expression.count == 4,
            constraint.expression.contains(words: "is", "not", "null"), let column = constraint.expression[0].name
        else { return }
        if !constraint.isNotValid {
            table.checkedColumns.insert(column)
        } else if let name = constraint.name {
            unvalidated[key, default: [:]][name] = column
        }
    }
}
