/// A migration as the lint reads it.
package struct LintedMigration: Hashable, Sendable {
    /// The name of its folder.
    package let name: String
    /// Its statements, which run in one transaction.
    package let statements: [SQLStatement]

    /// A migration.
    package init(name: String, statements: [SQLStatement]) {
        self.name = name
        self.statements = statements
    }
}

/// Reads pending migrations before any of them runs, and says which statements would stop the application, lose data
/// or fail.
///
/// What stands in tables that the same migrations make is never objected to; small tables are worth a note. What
/// exists outside of `database` is taken for large only when `database` says that it is incomplete.
package struct MigrationLint {
    /// The migration and the statement that are read now.
    private(set) var migration = LintedMigration(name: "", statements: [])
    private(set) var scene: LintScene
    private(set) var findings: [LintFinding] = []
    /// The statements of the program, each as the words in it.
    let program: [Set<String>]
    private var line = 0
    /// The comments of the migration that allow something, by the lines of their statements.
    private var allowances: [Int: LintAllowance] = [:]

    private init(_ database: LintedDatabase, _ program: [String]) {
        scene = LintScene(database)
        self.program = program.compactMap { try? SQLScript($0) }
            .flatMap(\.statements).map { Set($0.tokens.compactMap(\.name)) }
    }

    /// What there is to say about pending migrations, in the order of their lines. `program` are the statements that
    /// the running program sends.
    package static func findings(
        in migrations: [LintedMigration], on database: LintedDatabase, readBy program: [String] = []
    ) -> [LintFinding] {
        var lint = MigrationLint(database, program)
        for migration in migrations { lint.read(migration) }
        return lint.findings
    }

    /// The locks that one statement takes on the tables of a database.
    package static func locks(of statement: SQLStatement, on database: LintedDatabase) -> [TableLock] {
        SchemaStatement(statement).locks(LintScene(database))
    }

    private mutating func read(_ migration: LintedMigration) {
        self.migration = migration
        let statements = migration.statements.map { SchemaStatement($0) }
        let first = findings.count
        allowances = [:]
        for (statement, source) in zip(statements, migration.statements) {
            line = source.line
            let allowance = LintAllowance(source.comments)
            allowances[line] = allowance
            for fault in allowance.faults {
                add(.allowComment, .note, what: "a comment that would allow something is not followed: \(fault)")
            }
            check(statement, source)
            scene.apply(statement)
        }
        line = migration.statements.first?.line ?? 1
        checkTogether(statements)
        findings[first...].sort { $0.line < $1.line }
    }

    // MARK: - Findings

    /// Objects to the statement that is read now.
    mutating func add(
        _ rule: LintRule, _ severity: LintSeverity, line: Int? = nil, lock: TableLock? = nil, what: String,
        safeWay: String? = nil
    ) {
        let reason = allowances[line ?? self.line]?.reasons[rule]
        findings.append(
            LintFinding(
                rule: rule, severity: reason == nil ? severity : .note, migration: migration.name,
                line: line ?? self.line, table: lock?.table.description, lock: lock?.level, what: what,
                safeWay: safeWay, allowedBecause: reason))
    }

    /// The same for something that only harms a table with rows: nothing is said about a table that the migrations
    /// make, and a note about a small one.
    mutating func add(
        _ rule: LintRule, _ severity: LintSeverity = .danger, on table: SQLName, _ level: LockLevel, what: String,
        safeWay: String? = nil
    ) {
        guard let known = scene.existing(table) else { return }
        add(
            rule, known.isSmall ? .note : severity, lock: TableLock(table: table, level: level), what: what,
            safeWay: safeWay)
    }
}
