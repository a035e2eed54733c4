/// Puts the steps of a difference together: what goes away, then what is made or altered, then what is not needed any
/// more.
struct SchemaPlan {
    private let old: SchemaCatalog
    private let new: SchemaCatalog
    private let fates: SchemaFates
    private(set) var changes: [SchemaChange] = []
    private var hasLooseFunctions = false

    init(_ fates: SchemaFates) {
        self.fates = fates
        (old, new) = (fates.old, fates.new)
        let drops = Array(
            SchemaOrder.creation(of: old, merged: Self.parts(of: old, mergeable: Self.goWithTable)).reversed())
        for name in drops where fates.goesEarly(name) { drop(name) }
        detachPartitions()
        dropIdentities()
        let merged = mergedParts()
        let inTable = Set(merged.values.joined())
        for name in SchemaOrder.creation(of: new, merged: merged) where !inTable.contains(name) {
            make(name, with: merged[name] ?? [])
        }
        for name in drops where fates[name] == .dropped && !fates.goesEarly(name) { drop(name) }
        for name in drops where fates[name] == .swapped { dropSwapped(name) }
    }

    // MARK: - What belongs into CREATE TABLE, and goes with DROP TABLE

    private static let goWithTable: Set<SchemaObjectName.Kind> = [
        .column, .columnDefault, .ownership, .constraint, .index,
    ]

    private static func parts(
        of catalog: SchemaCatalog, mergeable: Set<SchemaObjectName.Kind>
    ) -> [SchemaObjectName: [SchemaObjectName]] {
        var parts: [SchemaObjectName: [SchemaObjectName]] = [:]
        for object in catalog.objects.values where mergeable.contains(object.name.kind) {
            guard let table = object.name.table else { continue }
            parts[SchemaObjectName(.table, table), default: []].append(object.name)
        }
        return parts.mapValues { names in
            names.sorted { left, right in
                let positions = (catalog.objects[left]?.position ?? 0, catalog.objects[right]?.position ?? 0)
                return (left.kind, positions.0, left) < (right.kind, positions.1, right)
            }
        }
    }

    private func mergedParts() -> [SchemaObjectName: [SchemaObjectName]] {
        var merged: [SchemaObjectName: [SchemaObjectName]] = [:]
        for (table, parts) in Self.parts(of: new, mergeable: [.column, .columnDefault, .constraint])
        where isMade(table) {
            merged[table] = parts.filter { part in
                if part.kind == .column { return true }
                if case .constraint(let shape) = new.objects[part]?.shape {
                    // A constraint of a partition, or one that is not valid, must be added by itself.
                    if shape.definition.hasSuffix("NOT VALID") || isPartition(table) { return false }
                }
                // What needs something that needs the table itself comes later.
                return !(new.objects[part]?.needs ?? []).contains { needed in
                    needed.table != table.name && needed != table
                        && SchemaOrder.reach(of: needed, in: new).contains(table)
                }
            }
        }
        for table in merged.keys { merged[table, default: []] += serialParts(of: table) }
        let inTables = Set(merged.values.joined())
        // A column that must not be NULL needs its default at once.
        for object in new.objects(.columnDefault) where isMade(object.name) && !inTables.contains(object.name) {
            let column = SchemaObjectName(.column, object.name.name, of: object.name.table)
            if isMade(column), !inTables.contains(column) { merged[column] = [object.name] }
        }
        return merged
    }

    /// The sequences that a column of the type `serial` makes, and whom they belong to.
    private func serialParts(of table: SchemaObjectName) -> [SchemaObjectName] {
        new.parts(of: table.name, .columnDefault).compactMap { value in
            let sequence = SchemaObjectName(.sequence, "\(table.name)_\(value.name.name)_seq")
            let column = new.objects[SchemaObjectName(.column, value.name.name, of: table.name)]
            guard fates[sequence] == .created, let object = new.objects[sequence],
                SchemaWriter.isSerial(column, value, object, new.objects[SchemaObjectName(.ownership, sequence.name)])
            else { return nil }
            return sequence
        }.flatMap { [$0, SchemaObjectName(.ownership, $0.name)] }
    }

    private func isPartition(_ table: SchemaObjectName) -> Bool {
        if case .table(let shape) = new.objects[table]?.shape { shape.parent != nil } else { false }
    }

    private func isMade(_ name: SchemaObjectName) -> Bool { fates[name] == .created || fates[name] == .recreated }

    // MARK: - Steps

    private mutating func drop(_ name: SchemaObjectName) {
        guard let object = old.objects[name] else { return }
        if let table = name.table, Self.goWithTable.contains(name.kind) {
            let owner = [SchemaObjectName(.table, table), SchemaObjectName(.view, table)].first {
                old.objects[$0] != nil
            }
            if let owner, fates.goesEarly(owner) { return }
        }
        if case .column = object.shape, case .column = new.objects[name]?.shape {
            changes.append(SchemaWriter.drop(object, risk: nil))
        } else if name.kind == .sequence, goesWithColumn(name) {
            return
        } else if name.kind == .ownership {
            guard new.objects[SchemaObjectName(.sequence, name.name)] != nil else { return }
            changes.append(SchemaWriter.drop(object, risk: nil))
        } else {
            changes.append(SchemaWriter.drop(object, risk: Self.loss(object)))
        }
    }

    /// Partitions that get other bounds leave their tables together, so that none is in the way of another.
    private mutating func detachPartitions() {
        for object in old.objects(.table) where fates[object.name] == .altered {
            guard case .table(let before) = object.shape, case .table(let after) = new.objects[object.name]?.shape,
                let parent = before.parent, before.bound != after.bound
            else { continue }
            changes.append(SchemaWriter.detach(object.name.name, from: parent))
        }
    }

    /// The sequences of columns that are no identity any more have names that others may want.
    private mutating func dropIdentities() {
        for object in old.objects(.column) where fates[object.name] == .altered {
            guard case .column(let before) = object.shape, case .column(let after) = new.objects[object.name]?.shape,
                before.identity != nil, after.identity == nil
            else { continue }
            changes.append(SchemaWriter.dropIdentity(of: object.name))
        }
    }

    /// Whether a sequence went with the column that it belonged to.
    private func goesWithColumn(_ name: SchemaObjectName) -> Bool {
        guard case .ownership(let table, let column) = old.objects[SchemaObjectName(.ownership, name.name)]?.shape
        else {
            return false
        }
        return fates.goesEarly(SchemaObjectName(.table, table))
            || fates.goesEarly(SchemaObjectName(.column, column, of: table))
    }

    private static func loss(_ object: SchemaObject) -> String? {
        switch object.shape {
        case .table: "The table `\(object.name.name)` is dropped, and all of its rows."
        case .column(let column) where column.generated == nil:
            "The column `\(object.name.name)` of `\(object.name.table ?? "")` is dropped, and what is in it."
        default: nil
        }
    }

    private mutating func make(_ name: SchemaObjectName, with parts: [SchemaObjectName]) {
        guard let object = new.objects[name] else { return }
        switch fates[name] {
        case .created, .recreated:
            if name.kind == .function { loosenFunctions(name) }
            let writer = SchemaWriter(catalog: new)
            let isFresh = name.table.map { isMade(SchemaObjectName(.table, $0)) } ?? true
            changes.append(writer.create(object, with: parts.compactMap { new.objects[$0] }, isFresh: isFresh))
        case .altered:
            guard let before = old.objects[name] else { return }
            if name.kind == .function { loosenFunctions(name) }
            if let change = SchemaWriter(catalog: new).alter(before, to: object) { changes.append(change) }
        case .swapped: changes.append(SchemaSwap(name, fates).change)
        case .kept, .dropped: break
        }
    }

    /// The bodies of functions that tables need may speak of tables that are not there yet.
    private mutating func loosenFunctions(_ name: SchemaObjectName) {
        guard !hasLooseFunctions else { return }
        let isNeeded = new.objects.values.contains { object in
            object.name.kind < .view && object.name.kind != .function && object.needs.contains(name)
        }
        guard isNeeded else { return }
        hasLooseFunctions = true
        changes.append(
            SchemaChange(
                title: "SetOption", statements: ["SET LOCAL check_function_bodies = off"],
                summary: "bodies of functions are not checked meanwhile", risk: nil))
    }

    private mutating func dropSwapped(_ name: SchemaObjectName) {
        let swap = SchemaSwap(name, fates)
        guard swap.dropsLater else { return }
        changes.append(
            SchemaChange(
                title: "DropType", statements: [swap.dropStatement],
                summary: "drop what the type \(name.name) was before", risk: nil))
    }
}
