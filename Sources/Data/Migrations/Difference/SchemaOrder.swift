/// Puts objects in an order in which each comes behind what it needs.
struct SchemaOrder {
    private let catalog: SchemaCatalog
    private var done: Set<SchemaObjectName> = []
    private var order: [SchemaObjectName] = []
    private let ranks: [SchemaObjectName: Int]
    /// What is made together with its table, by table.
    private let merged: [SchemaObjectName: [SchemaObjectName]]

    /// The order of all objects of a catalog in which they can be made; what is `merged` into a table is made with it.
    static func creation(
        of catalog: SchemaCatalog, merged: [SchemaObjectName: [SchemaObjectName]] = [:]
    ) -> [SchemaObjectName] {
        var order = SchemaOrder(catalog, merged)
        for name in catalog.objects.keys.sorted(by: order.isEarlier) { order.visit(name) }
        return order.order
    }

    private init(_ catalog: SchemaCatalog, _ merged: [SchemaObjectName: [SchemaObjectName]]) {
        self.catalog = catalog
        self.merged = merged
        ranks = Self.ranks(of: catalog)
    }

    private func isEarlier(_ left: SchemaObjectName, _ right: SchemaObjectName) -> Bool {
        let (leftRank, rightRank) = (ranks[left] ?? left.kind.rawValue * 10, ranks[right] ?? right.kind.rawValue * 10)
        guard leftRank == rightRank, left.table == right.table else {
            return (leftRank, left.table ?? left.name) < (rightRank, right.table ?? right.name)
        }
        let positions = (catalog.objects[left]?.position ?? 0, catalog.objects[right]?.position ?? 0)
        return (positions.0, left) < (positions.1, right)
    }

    private mutating func visit(_ name: SchemaObjectName) {
        guard done.insert(name).inserted else { return }
        let parts = merged[name] ?? []
        for part in parts { done.insert(part) }
        var needs: Set<SchemaObjectName> = []
        for part in [name] + parts { needs.formUnion(catalog.objects[part]?.needs ?? []) }
        for needed in needs.subtracting(parts).sorted(by: isEarlier) { visit(needed) }
        order.append(name)
        order += parts
    }

    /// Functions that tables need come before them; others late, because their bodies may speak of anything.
    private static func ranks(of catalog: SchemaCatalog) -> [SchemaObjectName: Int] {
        var ranks: [SchemaObjectName: Int] = [:]
        for object in catalog.objects(.function) { ranks[object.name] = SchemaObjectName.Kind.view.rawValue * 10 + 5 }
        for object in catalog.objects(.view) {
            for needed in reach(of: object.name, in: catalog) where needed.kind == .function {
                ranks[needed] = SchemaObjectName.Kind.view.rawValue * 10 - 5
            }
        }
        for name in catalog.objects.keys where name.kind != .view && name.kind < .view && name.kind != .function {
            for needed in reach(of: name, in: catalog) where needed.kind == .function {
                ranks[needed] = SchemaObjectName.Kind.function.rawValue * 10
            }
        }
        return ranks
    }

    /// What something needs, directly or not.
    static func reach(of name: SchemaObjectName, in catalog: SchemaCatalog) -> Set<SchemaObjectName> {
        var found: Set<SchemaObjectName> = []
        var open = [name]
        while let next = open.popLast() {
            for needed in catalog.objects[next]?.needs ?? [] where found.insert(needed).inserted { open.append(needed) }
        }
        return found
    }
}
