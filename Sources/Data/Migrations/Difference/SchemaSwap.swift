import Postgres

/// Gives a type another shape where ALTER cannot: a new type is made beside it, all columns go over, and it takes the
/// name. What needs the type besides columns is out of the way by then.
struct SchemaSwap {
    private let name: SchemaObjectName
    private let fates: SchemaFates

    init(_ name: SchemaObjectName, _ fates: SchemaFates) {
        self.name = name
        self.fates = fates
    }

    private var fresh: String { quoteIdentifier("\(name.name)_new") }
    private var stale: String { quoteIdentifier("\(name.name)_old") }
    private var own: String { quoteIdentifier(name.name) }

    /// The columns of the type that stay, whether or not they keep it.
    private var columns: [SchemaObjectName] {
        fates.old.objects.values.filter { $0.name.kind == .column && $0.needs.contains(name) }.map(\.name)
            .filter { !fates.goesEarly($0) }.sorted()
    }

    /// Columns that leave the type do so later.
    var dropsLater: Bool { columns.contains { fates.changesType($0) } }

    var dropStatement: String { "DROP \(name.kind == .domain ? "DOMAIN" : "TYPE") \(stale)" }

    var change: SchemaChange {
        let kind = name.kind == .domain ? "DOMAIN" : "TYPE"
        var statements: [String] = []
        if let object = fates.new.objects[name] {
            let renamed = SchemaObject(
                name: SchemaObjectName(name.kind, "\(name.name)_new"), shape: object.shape, comment: object.comment)
            statements += SchemaWriter(catalog: fates.new).create(renamed, with: [], isFresh: true).statements
        }
        for column in columns where !fates.changesType(column) {
            let isArray = Self.isArray(fates.old.objects[column])
            let (field, suffix) = (quoteIdentifier(column.name), isArray ? "[]" : "")
            statements.append(
                """
                ALTER TABLE \(quoteIdentifier(column.table ?? "")) ALTER COLUMN \(field) \
                TYPE \(fresh)\(suffix) USING (\(field)::text\(suffix)::\(fresh)\(suffix))
                """)
        }
        statements += ["ALTER \(kind) \(own) RENAME TO \(stale)", "ALTER \(kind) \(fresh) RENAME TO \(own)"]
        if !dropsLater { statements.append(dropStatement) }
        return SchemaChange(
            title: name.kind == .domain ? "AlterDomain" : "AlterEnum", statements: statements,
            summary: "exchange the type \(name.name)", risk: risk)
    }

    private static func isArray(_ column: SchemaObject?) -> Bool {
        if case .column(let shape) = column?.shape { shape.type.hasSuffix("[]") } else { false }
    }

    private var risk: String? {
        guard case .enumeration(let before) = fates.old.objects[name]?.shape,
            case .enumeration(let after) = fates.new.objects[name]?.shape
        else { return "What stands in columns of the type `\(name.name)` must fit its new form, or this fails." }
        let gone = before.filter { !after.contains($0) }
        return gone.isEmpty
            ? nil
            : """
            The values [\(gone.joined(separator: ", "))] of the enum `\(name.name)` go: this fails where one is used.
            """
    }
}
