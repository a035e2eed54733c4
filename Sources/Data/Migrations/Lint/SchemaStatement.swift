/// What a statement of a migration does, as far as locks and data are concerned.
enum SchemaStatement: Hashable, Sendable {
    case createTable(TableCreation)
    case alterTable(SQLName, [TableChange])
    case createIndex(IndexCreation)
    case dropIndex([SQLName], isConcurrent: Bool)
    case renameIndex(SQLName)
    case reindex(kind: String, SQLName?, isConcurrent: Bool)
    case dropTable([SQLName])
    case truncate([SQLName])
    case createTrigger(SQLName)
    /// DROP TRIGGER, ALTER TRIGGER, and all that is done with policies and rules.
    case changeAttachment(SQLName)
    case createView(SQLName, isReplacement: Bool)
    case dropView([SQLName])
    case refresh(SQLName, isConcurrent: Bool)
    case cluster(SQLName?)
    case vacuum(SQLName?, isFull: Bool)
    case analyze(SQLName?)
    case comment(SQLName)
    case statistics(SQLName)
    case insert(SQLName)
    case update(SQLName, hasCondition: Bool)
    case delete(SQLName, hasCondition: Bool)
    case lockTable([SQLName], LockLevel)
    case createType(SQLName)
    case addEnumValue(SQLName, String)
    case dropEnumValue(SQLName)
    case transaction(String)
    case createExtension(String)
    case setting(String)
    case outsideTransaction(String)
    case other

    init(_ statement: SQLStatement) {
        var reader = TokenCursor(statement.tokens)
        self = Self.read(&reader)
    }

    /// Whether it defines something, rather than reading or writing rows or setting things up.
    var isDefinition: Bool {
        switch self {
        case .insert, .update, .delete, .setting, .transaction, .lockTable, .other, .analyze: false
        default: true
        }
    }

    /// Whether PostgreSQL refuses it inside a transaction, and what it is called then.
    var wantsToStandAlone: String? {
        switch self {
        case .createIndex(let index) where index.isConcurrent: "CREATE INDEX CONCURRENTLY"
        case .dropIndex(_, isConcurrent: true): "DROP INDEX CONCURRENTLY"
        case .reindex(_, _, isConcurrent: true): "REINDEX CONCURRENTLY"
        case .reindex(let kind, _, _) where kind == "database" || kind == "system": "REINDEX \(kind.uppercased())"
        case .vacuum: "VACUUM"
        case .cluster(nil): "CLUSTER"
        case .outsideTransaction(let name): name
        case .alterTable(_, let changes):
            changes.contains { if case .detachPartition(_, isConcurrent: true) = $0 { true } else { false } }
                ? "DETACH PARTITION CONCURRENTLY" : nil
        default: nil
        }
    }
}

/// What CREATE TABLE says.
struct TableCreation: Hashable, Sendable {
    var name: SQLName
    var columns: [ColumnDefinition] = []
    var constraints: [ConstraintDefinition] = []
    var partitionOf: SQLName?
    var inherits: [SQLName] = []

    /// The tables that its foreign keys lead to.
    var references: [SQLName] { columns.compactMap(\.references) + constraints.compactMap(\.references) }
}

/// What CREATE INDEX says.
struct IndexCreation: Hashable, Sendable {
    var name: SQLName?
    var table: SQLName
    var isUnique = false
    var isConcurrent = false
}
