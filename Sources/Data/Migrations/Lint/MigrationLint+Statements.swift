extension MigrationLint {
    /// The rules that look at one statement.
    mutating func check(_ statement: SchemaStatement, _ source: SQLStatement) {
        let before = findings.count
        checkSurroundings(statement)
        switch statement {
        case .alterTable(let table, let changes):
            for change in changes { check(change, of: table) }
        case .createIndex(let index): check(index, source)
        case .dropIndex(let names, isConcurrent: false):
            for name in names {
                guard let table = scene.table(ofIndex: name) else { continue }
                add(
                    .briefLock, .note, on: table, .accessExclusive, what: "the index \(name) is dropped under a lock",
                    safeWay: "DROP INDEX CONCURRENTLY \(name); in a migration of its own")
            }
        case .reindex(let kind, let name?, isConcurrent: false) where kind == "table" || kind == "index":
            let table = kind == "table" ? name : scene.table(ofIndex: name) ?? name
            add(
                .reindexWithoutConcurrently, on: table, .share, what: "an index is built anew while nobody can write",
                safeWay: "REINDEX \(kind.uppercased()) CONCURRENTLY \(name); in a migration of its own")
        case .dropTable(let names): for name in names { checkDrop(name) }
        case .truncate(let names):
            for name in names {
                add(
                    .truncate, on: name, .accessExclusive, what: "every row of \(name) goes",
                    safeWay: "Delete in portions, outside of the migration: DELETE FROM \(name) WHERE …")
            }
        default: checkRows(statement)
        }
        // Nothing worse was said: at least that the statement takes a lock which everybody waits for.
        guard findings.count == before else { return }
        for lock in statement.locks(scene) where lock.level.blocksWrites {
            add(
                .briefLock, .note, on: lock.table, lock.level,
                what: "it waits for all that use \(lock.table), and all who come later wait for it")
        }
    }

    private mutating func checkSurroundings(_ statement: SchemaStatement) {
        if let name = statement.wantsToStandAlone, migration.statements.count > 1 {
            add(
                .concurrentlyInTransaction, .refused,
                what: "\(name) cannot run in a transaction, and the statements of a file are one",
                safeWay: "Give the statement a migration of its own.")
        }
        switch statement {
        case .dropEnumValue(let type):
            add(
                .enumValueRemoval, .refused, what: "PostgreSQL cannot take a value out of an enum",
                safeWay: """
                    CREATE TYPE "\(type.name)_new" AS ENUM (…);
                    ALTER TABLE … ALTER COLUMN … TYPE "\(type.name)_new" USING (…::text::"\(type.name)_new");
                    ALTER TYPE \(type) RENAME TO "\(type.name)_old";
                    ALTER TYPE "\(type.name)_new" RENAME TO "\(type.name)";
                    DROP TYPE "\(type.name)_old";
                    """)
        case .createExtension(let name):
            add(
                .extension, .note,
                what: "the extension \(name) must be installed on the server, and its role may have to be a superuser")
        default: break
        }
    }

    private mutating func check(_ index: IndexCreation, _ source: SQLStatement) {
        guard !index.isConcurrent else { return }
        let head = index.isUnique ? "CREATE UNIQUE INDEX" : "CREATE INDEX"
        add(
            .indexWithoutConcurrently, on: index.table, .share, what: "the index is built while nobody can write",
            safeWay: "\(head) CONCURRENTLY\(Self.behindIndex(source)); in a migration of its own")
    }

    /// What stands behind the word INDEX.
    private static func behindIndex(_ source: SQLStatement) -> String {
        guard let first = source.tokens.first, let word = source.tokens.first(where: { $0.isWord("index") }) else {
            return ""
        }
        let tail = source.text.utf8.dropFirst(word.range.upperBound - first.range.lowerBound)
        return String(decoding: tail, as: UTF8.self)
    }

    private mutating func checkDrop(_ name: SQLName) {
        guard let known = scene.existing(name) else { return }
        let severity: LintSeverity = known.isEmpty ? .note : .danger
        let lock = TableLock(table: name, level: .accessExclusive)
        add(
            .dropTable, severity, lock: lock, what: "\(name) and all of its rows go",
            safeWay: "First release a program that does not use it; keep it for a while: ALTER TABLE \(name) RENAME TO "
                + "\(SQLName("\(name.name)_dropped")); and drop it with a later migration")
        checkProgram(reads: name, column: nil, "dropped")
    }

    private mutating func checkRows(_ statement: SchemaStatement) {
        switch statement {
        case .update(let name, hasCondition: false):
            checkWrite(name, "UPDATE \(name) SET … WHERE id IN (SELECT id FROM \(name) WHERE … LIMIT 1000)")
        case .delete(let name, hasCondition: false):
            checkWrite(name, "DELETE FROM \(name) WHERE id IN (SELECT id FROM \(name) WHERE … LIMIT 1000)")
        case .cluster(let name?), .vacuum(let name?, isFull: true):
            add(
                .fullRewrite, on: name, .accessExclusive, what: "\(name) is written anew while nobody can read it",
                safeWay: "VACUUM \(name); frees the room for new rows without stopping anybody")
        case .refresh(let name, isConcurrent: false):
            add(
                .refreshWithoutConcurrently, on: name, .accessExclusive,
                what: "\(name) is computed while nobody can read it",
                safeWay: "REFRESH MATERIALIZED VIEW CONCURRENTLY \(name); which wants a unique index on it")
        default: break
        }
    }

    private mutating func checkWrite(_ name: SQLName, _ safeWay: String) {
        add(
            .writeWithoutCondition, on: name, .rowExclusive,
            what: "every row of \(name) is written, and stays locked until the migration ends",
            safeWay: "In portions, each in a transaction of its own: \(safeWay)")
    }

    /// Whether a statement of the program still uses what goes away.
    mutating func checkProgram(reads table: SQLName, column: String?, _ fate: String) {
        let readers = program.filter { $0.contains(table.name) && column.map($0.contains) != false }.count
        guard readers > 0 else { return }
        let what = column.map { "\(table).\(SQLName.quoted($0))" } ?? "\(table)"
        add(
            .readByCode, .danger, lock: TableLock(table: table, level: .accessExclusive),
            what: "\(what) is \(fate), and \(readers) of the program's statements still use it",
            safeWay: "First release a program that does not use it.")
    }
}
