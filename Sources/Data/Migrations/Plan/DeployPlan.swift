package import Basics

/// What a deploy has to do, decided from the folder and the table alone.
package struct DeployPlan: Hashable, Sendable {
    /// One migration to run.
    package struct Step: Hashable, Sendable {
        /// The migration.
        package let migration: Migration
        /// Its statements.
        package let script: SQLScript
        /// How it is run.
        package let way: ExecutionWay
        /// The row of a run that was cut short, which goes on; nil for a new one.
        package let interrupted: MigrationRecord?
    }

    /// What is run, in this order.
    package private(set) var steps: [Step] = []
    /// Rows of runs that were cut short, left nothing behind, and have no folder any more.
    package private(set) var abandoned: [MigrationRecord] = []

    /// Decides. Fails with P3009 when a migration failed, or was cut short and nobody knows what took effect; with a
    /// reason for people when a file cannot be run at all.
    package init(_ migrations: [Migration], records: [MigrationRecord]) throws(ParlorError) {
        var resumed: [String: MigrationRecord] = [:]
        var failed: [MigrationRecord] = []
        for record in records {
            guard case .interrupted(let mark) = record.state else {
                if record.state == .failed { failed.append(record) }
                continue
            }
            switch Self.decide(record, mark, migrations.first { $0.name == record.name }) {
            case .resume: resumed[record.name] = record
            case .abandon: abandoned.append(record)
            case .ask: failed.append(record)
            }
        }
        guard failed.isEmpty else { throw .failedMigrations(failed) }
        let applied = Set(records.filter { $0.state == .applied }.map(\.name))
        for migration in migrations where !applied.contains(migration.name) {
            let script = try migration.script()
            let way = try ExecutionWay(script, of: migration.name)
            steps.append(
                Step(migration: migration, script: script, way: way, interrupted: resumed[migration.name]))
        }
    }

    /// What is done about a run that was cut short.
    enum Decision: Hashable {
        case resume
        case abandon
        case ask
    }

    /// A transaction left nothing, so its file may even have been corrected. What ran alone goes on only when it is
    /// known to be the same statement.
    static func decide(_ record: MigrationRecord, _ mark: RunMark, _ migration: Migration?) -> Decision {
        switch mark {
        case .transaction: return migration == nil ? .abandon : .resume
        case .alone: return migration?.checksum.matches(record.checksum) == true ? .resume : .ask
        }
    }
}

extension ParlorError {
    /// Nothing is run while one of these stands in the table.
    static func failedMigrations(_ records: [MigrationRecord]) -> ParlorError {
        let names = records.map { "\($0.name) began at \($0.startedAt.rfc3339Seconds)" }
        let logs = records.compactMap { record in record.logs.map { "\(record.name): \($0)" } }
        let first = records.first?.name ?? ""
        return ParlorError(
            .failedMigrations, "a migration failed before, so nothing was run",
            why: names.joined(separator: ", "),
            hint: "See what took effect. When nothing did, run \"./parlor migrate resolve --rolled-back \(first)\"; "
                + "else finish it by hand and run \"./parlor migrate resolve --applied \(first)\".",
            detail: logs.joined(separator: "\n"))
    }
}
