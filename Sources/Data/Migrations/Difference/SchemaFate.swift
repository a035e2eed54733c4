/// What becomes of an object on the way from one schema to the other.
enum SchemaFate: Hashable, Sendable {
    case kept
    case created
    case dropped
    /// Dropped, and made again as the other schema has it.
    case recreated
    /// Changed where it is.
    case altered
    /// A type that another of the same name takes the place of, in all columns at once.
    case swapped
}

/// Decides what becomes of every object, so that nothing stands in the way of a change.
///
/// An object that is only in one of the schemas is created or dropped; one that differs is altered where PostgreSQL can
/// do that, and recreated otherwise. Whatever needs an object that goes away, even for a moment, is recreated.
struct SchemaFates: Sendable {
    let old: SchemaCatalog
    let new: SchemaCatalog
    private(set) var fates: [SchemaObjectName: SchemaFate] = [:]

    init(from old: SchemaCatalog, to new: SchemaCatalog, keepingExtensions: Bool = false) {
        self.old = old
        self.new = new
        for name in Set(old.objects.keys).union(new.objects.keys) {
            let fate = firstFate(of: name)
            fates[name] = keepingExtensions && name.kind == .extension && fate == .dropped ? .kept : fate
        }
        while spread() {}
    }

    subscript(name: SchemaObjectName) -> SchemaFate { fates[name] ?? .kept }

    /// Whether the old object goes away before anything is made or altered. Types, sequences and functions that are
    /// dropped for good go last, unless they need what goes early.
    func goesEarly(_ name: SchemaObjectName) -> Bool {
        switch self[name] {
        case .recreated: return true
        case .dropped:
            guard [.enumeration, .domain, .sequence, .function, .extension].contains(name.kind) else { return true }
            // A function is named with its types, so it must go while they have their names.
            return old.objects[name]?.needs.contains { needed in
                self[needed] == .swapped || (needed.kind != .column && goesEarly(needed)) || isDroppedColumn(needed)
            } == true
        default: return false
        }
    }

    private func isDroppedColumn(_ name: SchemaObjectName) -> Bool {
        name.kind == .column && (self[name] == .dropped || self[name] == .recreated)
    }

    /// Whether a column keeps its name and gets another type.
    func changesType(_ name: SchemaObjectName) -> Bool {
        guard name.kind == .column, self[name] == .altered, case .column(let before) = old.objects[name]?.shape,
            case .column(let after) = new.objects[name]?.shape
        else { return false }
        return before.type != after.type || before.collation != after.collation
    }

    // MARK: - By itself

    private func firstFate(of name: SchemaObjectName) -> SchemaFate {
        guard let before = old.objects[name] else { return .created }
        guard let after = new.objects[name] else { return .dropped }
        if case .table(let shape) = before.shape, changesKey(of: name, shape) { return .recreated }
        if before == after { return .kept }
        if before.shape == after.shape { return .altered }
        switch (before.shape, after.shape) {
        case (.enumeration(let old), .enumeration(let new)):
            return new.filter(old.contains) == old && !isUsed(Set(new).subtracting(old)) ? .altered : .swapped
        case (.domain(let old), .domain(let new)):
            return old.type == new.type && old.collation == new.collation ? .altered : .swapped
        case (.function(let old), .function(let new)):
            return old.signature == new.signature && old.isProcedure == new.isProcedure ? .altered : .recreated
        case (.table(let old), .table(let new)):
            return old.partitionKey == new.partitionKey && old.parent == new.parent ? .altered : .recreated
        case (.column(let old), .column(let new)):
            let losesExpression = new.generated == nil && old.type == new.type && old.collation == new.collation
            return old.generated == new.generated && (new.generated == nil || old.type == new.type)
                || old.generated != nil && losesExpression ? .altered : .recreated
        case (.constraint(let old), .constraint(let new)), (.foreignKey(let old), .foreignKey(let new)):
            return old.definition == "\(new.definition) NOT VALID" ? .altered : .recreated
        case (.trigger(let old, _), .trigger(let new, _)): return old == new ? .altered : .recreated
        case (.extension, _), (.sequence, _), (.columnDefault, _), (.ownership, _): return .altered
        default: return .recreated
        }
    }

    /// Whether a column that a table is partitioned by gets another type, which PostgreSQL cannot do.
    private func changesKey(of table: SchemaObjectName, _ shape: TableShape) -> Bool {
        guard let key = shape.partitionKey, let tokens = (try? SQLScript(key))?.statements.first?.tokens else {
            return false
        }
        return tokens.compactMap(\.name).contains { column in
            let name = SchemaObjectName(.column, column, of: table.name)
            guard case .column(let before) = old.objects[name]?.shape,
                case .column(let after) = new.objects[name]?.shape
            else { return false }
            return before.type != after.type || before.collation != after.collation
        }
    }

    /// Whether anything new speaks of a label, which PostgreSQL allows only after the transaction that adds it.
    private func isUsed(_ labels: Set<String>) -> Bool {
        new.objects.values.contains { object in
            guard object.name.kind != .enumeration, old.objects[object.name] != object else { return false }
            return labels.contains { label in
                let literal =
                    "'" + label.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
                return object.shape.texts.contains { $0.contains(literal) }
            }
        }
    }

    // MARK: - Because of others

    /// One round of what follows from what; whether anything changed.
    private mutating func spread() -> Bool {
        let changed = old.objects.values.filter { object in
            let fate = self[object.name]
            return new.objects[object.name] != nil && fate != .recreated && mustGo(object, fate)
        }
        for object in changed { fates[object.name] = .recreated }
        return !changed.isEmpty
    }

    private func mustGo(_ object: SchemaObject, _ fate: SchemaFate) -> Bool {
        let isPlainColumn = object.name.kind == .column && !isGenerated(object)
        if let table = object.name.table, self[SchemaObjectName(.table, table)] == .recreated { return true }
        if isPlainColumn { return false }
        return object.needs.contains { needed in
            if goesEarly(needed) { return true }
            switch self[needed] {
            case .dropped: return fate == .kept && object.name.kind != .table
            case .swapped: return object.name.kind != .table
            default: return blocksTypeChange(object.name.kind) && (changesType(needed) || isSwapped(needed))
            }
        }
    }

    private func isGenerated(_ object: SchemaObject) -> Bool {
        if case .column(let column) = object.shape { column.generated != nil } else { false }
    }

    /// Whether a column gets a type that takes the place of another.
    private func isSwapped(_ name: SchemaObjectName) -> Bool {
        name.kind == .column && old.objects[name]?.needs.contains { self[$0] == .swapped } == true
    }

    /// What PostgreSQL does not carry over by itself when a column gets another type.
    private func blocksTypeChange(_ kind: SchemaObjectName.Kind) -> Bool {
        [.column, .columnDefault, .view, .policy, .trigger, .foreignKey, .function].contains(kind)
    }
}
