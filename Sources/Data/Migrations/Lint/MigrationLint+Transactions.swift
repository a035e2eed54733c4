extension MigrationLint {
    /// The rules that look at all statements of a file, which are one transaction.
    mutating func checkTogether(_ statements: [SchemaStatement]) {
        checkTransactionControl(statements)
        checkEnumValues(statements)
        checkValidations(statements)
        checkBackfill(statements)
        checkLocks(statements)
    }

    private mutating func checkTransactionControl(_ statements: [SchemaStatement]) {
        var depth = 0
        var isBalanced = true
        var first: Int?
        for (statement, source) in zip(statements, migration.statements) {
            guard case .transaction(let verb) = statement else { continue }
            first = first ?? source.line
            switch verb {
            case "begin": depth += 1
            case "commit", "end": depth -= 1
            default: isBalanced = false
            }
            if depth < 0 || depth > 1 { isBalanced = false }
        }
        guard let first else { return }
        let isWhole = isBalanced && depth == 0
        add(
            .transactionControl, isWhole ? .note : .refused, line: first,
            what: isWhole
                ? "the file begins and ends transactions itself, so a failure may leave a part of it done"
                : "the file begins a transaction without ending it, ends one without beginning it, or takes one back",
            safeWay: "Leave BEGIN and COMMIT out: the statements of a file are one transaction.")
    }

    /// A value that the file adds to an enum cannot be used before the transaction ends.
    private mutating func checkEnumValues(_ statements: [SchemaStatement]) {
        var made: Set<SQLName> = []
        var values: [(type: SQLName, value: String)] = []
        for (statement, source) in zip(statements, migration.statements) {
            switch statement {
            case .createType(let name): made.insert(name)
            case .addEnumValue(let type, let value) where !made.contains(type): values.append((type, value))
            case .transaction: values = []
            default:
                for (type, value) in values {
                    let places = source.tokens.indices.filter { source.tokens[$0].text == value }
                    guard !places.isEmpty else { continue }
                    let isCast = places.contains { place in
                        source.tokens.dropFirst(place + 1).prefix(4).contains { $0.name == type.name }
                    }
                    add(
                        .enumValueInUse, isCast ? .refused : .danger, line: source.line,
                        what: "the value \(value) of \(type) cannot be used in the transaction that adds it",
                        safeWay: "Add the value with a migration of its own, before this one.")
                }
            }
        }
    }

    private mutating func checkValidations(_ statements: [SchemaStatement]) {
        guard statements.filter(\.isDefinition).count > 1 else { return }
        for (statement, source) in zip(statements, migration.statements) {
            guard case .alterTable(let table, let changes) = statement else { continue }
            guard changes.contains(where: { if case .validate = $0 { true } else { false } }) else { continue }
            guard let known = scene.existing(table) else { continue }
            let lock = strongest(on: table, statements)
            guard lock.blocksWrites else { continue }
            add(
                .validateBesideOthers, known.isSmall ? .note : .danger, line: source.line,
                lock: TableLock(table: table, level: lock),
                what: "every row is checked while the transaction holds a stronger lock than the check needs",
                safeWay: "Move VALIDATE CONSTRAINT into a migration of its own.")
        }
    }

    private func strongest(on table: SQLName, _ statements: [SchemaStatement]) -> LockLevel {
        statements.flatMap { $0.locks(scene) }.filter { $0.table == table }.map(\.level).max() ?? .accessShare
    }

    private mutating func checkBackfill(_ statements: [SchemaStatement]) {
        guard statements.contains(where: { $0.isDefinition }) else { return }
        for (statement, source) in zip(statements, migration.statements) {
            let written: SQLName
            switch statement {
            case .update(let name, hasCondition: true), .delete(let name, hasCondition: true): written = name
            default: continue
            }
            guard let known = scene.existing(written), !known.isEmpty else { continue }
            add(
                .backfillBesideDefinitions, known.isSmall ? .note : .danger, line: source.line,
                lock: TableLock(table: written, level: strongest(on: written, statements)),
                what: "rows of \(written) are written while the transaction holds the locks of the schema changes",
                safeWay: "Move it into a migration of its own, or into a job that works in portions.")
        }
    }

    private mutating func checkLocks(_ statements: [SchemaStatement]) {
        var locked: [SQLName] = []
        for lock in statements.flatMap({ $0.locks(scene) }) where lock.level == .accessExclusive {
            if !locked.contains(lock.table), scene.existing(lock.table)?.isSmall == false { locked.append(lock.table) }
        }
        if locked.count > 1 {
            add(
                .severalTablesLocked, .note,
                what: "\(locked.count) tables are locked in one transaction, which can deadlock with the application",
                safeWay: "One migration for each of \(locked.map(\.description).joined(separator: ", ")).")
        }
        let waits = statements.contains { statement in
            statement.locks(scene).contains { $0.level.blocksWrites && scene.existing($0.table) != nil }
        }
        let sets = statements.contains { if case .setting("lock_timeout") = $0 { true } else { false } }
        guard waits, !sets else { return }
        add(
            .lockTimeout, .note,
            what: "the file sets no lock_timeout; `parlor migrate deploy` sets one, other tools wait without end",
            safeWay: "SET lock_timeout = '2s';")
    }
}
