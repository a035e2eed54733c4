/// The lock that a statement takes on a table, and what it does to its rows while it holds it.
package struct TableLock: Hashable, Sendable {
    /// The table, as the statement names it.
    package var table: SQLName
    /// The strongest lock that it takes there.
    package var level: LockLevel
    /// Whether all of the table is written anew.
    package var rewrites = false
    /// Whether all of its rows are read, to check them or to build an index.
    package var scans = false
}

extension SchemaStatement {
    /// The locks on tables, the strongest of each table; `scene` knows the tables as they are before the statement.
    func locks(_ scene: LintScene) -> [TableLock] {
        var locks: [TableLock] = []
        for lock in allLocks(scene) {
            if let index = locks.firstIndex(where: { $0.table == lock.table }) {
                locks[index].level = max(locks[index].level, lock.level)
                locks[index].rewrites = locks[index].rewrites || lock.rewrites
                locks[index].scans = locks[index].scans || lock.scans
            } else {
                locks.append(lock)
            }
        }
        return locks
    }

    private func allLocks(_ scene: LintScene) -> [TableLock] {
        switch self {
        case .createTable(let table):
            return table.references.filter { $0 != table.name }.map { TableLock(table: $0, level: .shareRowExclusive) }
                + (table.partitionOf.map { [TableLock(table: $0, level: .accessExclusive)] } ?? [])
                + table.inherits.map { TableLock(table: $0, level: .shareUpdateExclusive) }
        case .alterTable(let name, let changes): return changes.flatMap { $0.locks(on: name, scene) }
        case .createIndex(let index):
            return [
                TableLock(table: index.table, level: index.isConcurrent ? .shareUpdateExclusive : .share, scans: true)
            ]
        case .dropIndex(let names, let isConcurrent):
            return names.compactMap(scene.table(ofIndex:)).map {
                TableLock(table: $0, level: isConcurrent ? .shareUpdateExclusive : .accessExclusive)
            }
        case .reindex(let kind, let name, let isConcurrent):
            let table = kind == "table" ? name : kind == "index" ? name.flatMap(scene.table(ofIndex:)) : nil
            let level: LockLevel = isConcurrent ? .shareUpdateExclusive : .share
            return table.map { [TableLock(table: $0, level: level, scans: true)] } ?? []
        case .dropTable(let names):
            let others = names.flatMap { scene.foreignKeys(of: $0).values }.filter { !names.contains($0) }
            return (names + others).map { TableLock(table: $0, level: .accessExclusive) }
        default: return simpleLocks
        }
    }

    private var simpleLocks: [TableLock] {
        switch self {
        case .truncate(let names), .dropView(let names):
            names.map { TableLock(table: $0, level: .accessExclusive) }
        case .createTrigger(let name): [TableLock(table: name, level: .shareRowExclusive)]
        case .changeAttachment(let name): [TableLock(table: name, level: .accessExclusive)]
        case .createView(let name, isReplacement: true): [TableLock(table: name, level: .accessExclusive)]
        case .refresh(let name, let isConcurrent):
            [TableLock(table: name, level: isConcurrent ? .exclusive : .accessExclusive, rewrites: !isConcurrent)]
        case .cluster(let name?), .vacuum(let name?, isFull: true):
            [TableLock(table: name, level: .accessExclusive, rewrites: true)]
        case .vacuum(let name?, isFull: false), .analyze(let name?), .comment(let name), .statistics(let name):
            [TableLock(table: name, level: .shareUpdateExclusive)]
        case .insert(let name), .update(let name, _), .delete(let name, _):
            [TableLock(table: name, level: .rowExclusive)]
        case .lockTable(let names, let level): names.map { TableLock(table: $0, level: level) }
        default: []
        }
    }
}

extension TableChange {
    /// The locks of one change of ALTER TABLE.
    func locks(on table: SQLName, _ scene: LintScene) -> [TableLock] {
        switch self {
        case .addColumn(let column):
            let scans = column.hasCheck || column.isKey || (column.references != nil && column.defaultValue != nil)
            return [
                TableLock(table: table, level: .accessExclusive, rewrites: column.isFilledRowByRow, scans: scans)
            ] + other(column.references, than: table, .shareRowExclusive)
        case .changeType(let column, let type, let using):
            let rewrites = scene.rewrites(column, of: table, to: type, using: using)
            return [TableLock(table: table, level: .accessExclusive, rewrites: rewrites)]
                + scene.tables(boundTo: column, of: table).map { TableLock(table: $0, level: .accessExclusive) }
        case .setNotNull(let column):
            let isChecked = scene.isChecked(column, of: table)
            return [TableLock(table: table, level: .accessExclusive, scans: !isChecked)]
        case .addConstraint(let constraint) where constraint.kind == .foreignKey:
            let lock = TableLock(table: table, level: .shareRowExclusive, scans: !constraint.isNotValid)
            return [lock] + other(constraint.references, than: table, .shareRowExclusive)
        case .addConstraint(let constraint):
            let scans = !constraint.usesIndex && !constraint.isNotValid
            return [TableLock(table: table, level: .accessExclusive, scans: scans)]
        case .dropConstraint(let name):
            let referenced = scene.foreignKeys(of: table)[name]
            return [TableLock(table: table, level: .accessExclusive)] + other(referenced, than: table, .accessExclusive)
        case .validate(let name):
            let referenced = scene.foreignKeys(of: table)[name]
            return [TableLock(table: table, level: .shareUpdateExclusive, scans: true)]
                + other(referenced, than: table, .rowShare)
        default: return simpleLocks(on: table)
        }
    }

    private func simpleLocks(on table: SQLName) -> [TableLock] {
        switch self {
        case .setLogged, .setAccessMethod, .setTablespace:
            [TableLock(table: table, level: .accessExclusive, rewrites: true)]
        case .setParameters(let names):
            [
                TableLock(
                    table: table, level: names.contains("user_catalog_table") ? .accessExclusive : .shareUpdateExclusive
                )
            ]
        case .statistics, .clusterMark: [TableLock(table: table, level: .shareUpdateExclusive)]
        case .switchTrigger: [TableLock(table: table, level: .shareRowExclusive)]
        case .attachPartition(let child):
            [
                TableLock(table: table, level: .shareUpdateExclusive),
                TableLock(table: child, level: .accessExclusive, scans: true),
            ]
        case .detachPartition(let child, let isConcurrent):
            [
                TableLock(table: table, level: isConcurrent ? .shareUpdateExclusive : .accessExclusive),
                TableLock(table: child, level: .accessExclusive),
            ]
        case .inherit(let parent):
            [
                TableLock(table: table, level: .accessExclusive),
                TableLock(table: parent, level: .shareUpdateExclusive),
            ]
        default: [TableLock(table: table, level: .accessExclusive)]
        }
    }

    private func other(_ name: SQLName?, than table: SQLName, _ level: LockLevel) -> [TableLock] {
        name.map { $0 == table ? [] : [TableLock(table: $0, level: level)] } ?? []
    }
}
