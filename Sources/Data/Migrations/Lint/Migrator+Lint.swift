package import Basics
import Postgres

extension Migrator {
    /// What the lint says about migrations that are about to run on the database as it is. `program` are the statements
    /// of the program that runs meanwhile.
    package func lint(_ migrations: [Migration], readBy program: [String] = []) async throws -> [LintFinding] {
        try await connected { connection in
            let database = try await LintedDatabase(reading: connection.session, schema: schema)
            let linted = try migrations.map { migration in
                LintedMigration(name: migration.name, statements: try migration.script().statements)
            }
            return MigrationLint.findings(in: linted, on: database, readBy: program)
        }
    }
}

extension ParlorError {
    /// Why migrations with these findings do not run; nil when they may. A danger is only in the way of those who want
    /// none.
    package static func refusing(_ findings: [LintFinding], orDangers isStrict: Bool = false) -> ParlorError? {
        let limit: LintSeverity = isStrict ? .danger : .refused
        let refused = findings.filter { $0.severity >= limit }
        guard let first = refused.first else { return nil }
        let others = refused.count - 1
        return ParlorError(
            .migration, "nothing was run, because of what \(first.migration) does in line \(first.line)",
            why: "\(first.what) [\(first.rule.rawValue)]\(others == 0 ? "" : ", and \(others) more")",
            hint: first.safeWay.map { "Write it so: \($0)" },
            detail: refused.map(\.summary).joined(separator: "\n"))
    }
}
