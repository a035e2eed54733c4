/// All that a schema of a database consists of, as a value.
///
/// Two catalogs are equal when one cannot tell the schemas apart by using them: the order of columns, who owns what and
/// who may use it do not count.
package struct SchemaCatalog: Hashable, Sendable {
    /// The name of the schema.
    package let schema: String
    /// The objects by their names.
    package internal(set) var objects: [SchemaObjectName: SchemaObject] = [:]
    /// What is there besides and cannot be written as SQL here, like `aggregate total(integer)`.
    package internal(set) var others: Set<String> = []

    /// A schema in which nothing is.
    package init(schema: String = "public") { self.schema = schema }

    /// The objects of a kind, in the order of their names.
    package func objects(_ kind: SchemaObjectName.Kind) -> [SchemaObject] {
        objects.values.filter { $0.name.kind == kind }.sorted { $0.name < $1.name }
    }

    /// What hangs on a table, in its order.
    package func parts(of table: String, _ kind: SchemaObjectName.Kind) -> [SchemaObject] {
        objects.values.filter { $0.name.table == table && $0.name.kind == kind }
            .sorted { ($0.position, $0.name) < ($1.position, $1.name) }
    }

    /// Whether nothing is there, extensions apart.
    package var isEmpty: Bool { objects.keys.allSatisfy { $0.kind == .extension } && others.isEmpty }

    mutating func add(_ object: SchemaObject) { objects[object.name] = object }

    /// Partitions, and what hangs on them, left out.
    package func withoutPartitions() -> SchemaCatalog {
        let partitions = Set(
            objects.values.compactMap { object in
                if case .table(let table) = object.shape, table.parent != nil { object.name.name } else { nil }
            })
        var catalog = self
        catalog.objects = objects.filter { name, _ in
            !partitions.contains(name.table ?? (name.kind == .table ? name.name : ""))
        }
        return catalog
    }
}
