/// A constraint as ADD CONSTRAINT names it.
struct ConstraintDefinition: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case primaryKey, unique, check, foreignKey, exclusion }

    var kind: Kind
    var name: String?
    var columns: [String] = []
    /// The table that a foreign key leads to.
    var references: SQLName?
    var targetColumns: [String] = []
    /// The index that it takes over.
    var usesIndex = false
    var isNotValid = false
    /// What stands behind CHECK or EXCLUDE.
    var expression: [SQLToken] = []

    init?(_ tokens: [SQLToken]) {
        var reader = TokenCursor(tokens)
        name = reader.take("constraint") ? reader.takeName()?.name : nil
        if reader.take("primary", "key") {
            kind = .primaryKey
        } else if reader.take("unique") {
            kind = .unique
            _ = reader.take("nulls", "not", "distinct") || reader.take("nulls", "distinct")
        } else if reader.take("check") {
            kind = .check
        } else if reader.take("foreign", "key") {
            kind = .foreignKey
        } else if reader.take("exclude") {
            kind = .exclusion
        } else {
            return nil
        }
        usesIndex = reader.take("using", "index")
        expression = reader.takeGroup() ?? []
        if kind != .check { columns = expression.splitAtCommas().compactMap { $0.first?.name } }
        if kind == .foreignKey, reader.take("references") {
            references = reader.takeName()
            targetColumns = (reader.takeGroup() ?? []).splitAtCommas().compactMap { $0.first?.name }
        }
        isNotValid = reader.rest.contains(words: "not", "valid")
    }
}

/// One change of ALTER TABLE.
enum TableChange: Hashable, Sendable {
    case addColumn(ColumnDefinition)
    case dropColumn(String)
    case changeType(column: String, ColumnType, using: [SQLToken])
    case setNotNull(String)
    case addConstraint(ConstraintDefinition)
    case dropConstraint(String)
    case validate(String)
    case renameColumn(String, to: String)
    case renameTable(to: String)
    case setSchema(String)
    case setLogged(Bool)
    case setAccessMethod
    case setTablespace
    case setParameters([String])
    case statistics
    case clusterMark
    case switchTrigger
    case attachPartition(SQLName)
    case detachPartition(SQLName, isConcurrent: Bool)
    case inherit(SQLName)
    /// Any of the many that change a note in the catalog and nothing else.
    case other

    init(_ tokens: [SQLToken]) {
        var reader = TokenCursor(tokens)
        self = Self.read(&reader)
    }

    private static func read(_ reader: inout TokenCursor) -> TableChange {
        guard let verb = reader.take(anyOf: verbs) else { return .other }
        switch verb {
        case "add": return readAdd(&reader)
        case "drop": return readDrop(&reader)
        case "alter": return readAlter(&reader)
        case "rename": return readRename(&reader)
        case "set", "reset": return readSet(&reader, isReset: verb == "reset")
        case "validate": return reader.take("constraint") ? named(&reader, TableChange.validate) : .other
        case "attach": return reader.take("partition") ? partition(&reader, TableChange.attachPartition) : .other
        case "inherit": return partition(&reader, TableChange.inherit)
        case "detach":
            _ = reader.take("partition")
            guard let child = reader.takeName() else { return .other }
            let isConcurrent = reader.take(anyOf: ["concurrently", "finalize"]) != nil
            return .detachPartition(child, isConcurrent: isConcurrent)
        case "cluster": return .clusterMark
        default:
            return reader.rest.contains { $0.isWord("trigger") } ? .switchTrigger : .other
        }
    }

    private static let verbs: Set<String> = [
        "add", "drop", "alter", "rename", "set", "reset", "validate", "attach", "detach", "inherit", "cluster",
        "enable", "disable",
    ]

    private static func named(_ reader: inout TokenCursor, _ make: (String) -> TableChange) -> TableChange {
        reader.takeName().map { make($0.name) } ?? .other
    }

    private static func partition(_ reader: inout TokenCursor, _ make: (SQLName) -> TableChange) -> TableChange {
        reader.takeName().map(make) ?? .other
    }

    private static func readAdd(_ reader: inout TokenCursor) -> TableChange {
        if let constraint = ConstraintDefinition(reader.rest) { return .addConstraint(constraint) }
        _ = reader.take("column")
        reader.takeCondition()
        return ColumnDefinition(reader.rest).map(TableChange.addColumn) ?? .other
    }

    private static func readDrop(_ reader: inout TokenCursor) -> TableChange {
        if reader.take("constraint") {
            reader.takeCondition()
            return named(&reader, TableChange.dropConstraint)
        }
        _ = reader.take("column")
        reader.takeCondition()
        return named(&reader, TableChange.dropColumn)
    }

    private static func readAlter(_ reader: inout TokenCursor) -> TableChange {
        if reader.take("constraint") { return .other }
        _ = reader.take("column")
        guard let column = reader.takeName()?.name else { return .other }
        if reader.take("set", "not", "null") { return .setNotNull(column) }
        if reader.take("set", "data", "type") || reader.take("type") {
            let type = ColumnType(reader.take(untilAnyOf: ColumnType.followers))
            _ = reader.take(untilAnyOf: ["using"])
            return .changeType(column: column, type, using: reader.take("using") ? reader.rest : [])
        }
        if reader.take("set", "statistics") || reader.take("reset") { return .statistics }
        if reader.take("set"), reader.next?.isSymbol("(") == true { return .statistics }
        return .other
    }

    private static func readRename(_ reader: inout TokenCursor) -> TableChange {
        if reader.take("constraint") { return .other }
        if reader.take("to") { return named(&reader) { .renameTable(to: $0) } }
        _ = reader.take("column")
        guard let old = reader.takeName()?.name, reader.take("to") else { return .other }
        return named(&reader) { .renameColumn(old, to: $0) }
    }

    private static func readSet(_ reader: inout TokenCursor, isReset: Bool) -> TableChange {
        if let group = reader.takeGroup() {
            return .setParameters(group.splitAtCommas().compactMap { $0.first?.name })
        }
        if reader.take("logged") { return .setLogged(true) }
        if reader.take("unlogged") { return .setLogged(false) }
        if reader.take("access", "method") { return .setAccessMethod }
        if reader.take("tablespace") { return .setTablespace }
        if reader.take("schema") { return named(&reader, TableChange.setSchema) }
        return reader.take("without", "cluster") ? .clusterMark : .other
    }
}
