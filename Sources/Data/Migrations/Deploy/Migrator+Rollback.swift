import Basics
import Postgres

extension Migrator {
    /// A migration that can be taken back.
    package struct Rollback: Hashable, Sendable {
        /// Its row.
        package let record: MigrationRecord
        /// The statements that take it back.
        package let script: SQLScript
    }

    /// What a rollback would do; changes nothing.
    package func planRollback(_ name: String? = nil, in folder: MigrationFolder) async throws -> Rollback {
        try await connected { try await planRollback(name, in: folder, $0) }
    }

    /// Takes the newest applied migration back with its `down.sql`, in one transaction with its row; `name` must be
    /// that one's, because what came later may stand on what came before.
    package func rollBack(_ name: String? = nil, in folder: MigrationFolder) async throws -> Rollback {
        try await locked { connection in
            let rollback = try await planRollback(name, in: folder, connection)
            let watch = BlockerWatch(options, on: loop)
            defer { watch.close() }
            let runner = StepRunner(connection: connection, settings: settings, watch: watch, report: report)
            try await runner.takeBack(rollback)
            return rollback
        }
    }

    private func planRollback(
        _ name: String?, in folder: MigrationFolder, _ connection: MigrationSession
    ) async throws -> Rollback {
        let records = try await records(connection)
        let failed = records.filter { $0.finishedAt == nil && $0.rolledBackAt == nil }
        guard failed.isEmpty else { throw ParlorError.failedMigrations(failed) }
        let newest = records.filter { $0.state == .applied }.max {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
        guard let newest else {
            throw ParlorError(.neverApplied, "no migration is applied, so there is nothing to take back")
        }
        guard name == nil || name == newest.name else {
            throw ParlorError(
                .migration, "the migration \(name ?? "") cannot be taken back",
                why: "the newest one that is applied is \(newest.name), which may stand on it",
                hint: "Take \(newest.name) back first, or give a later migration that undoes both.")
        }
        guard let script = try folder.migration(named: newest.name)?.downScript() else { throw wayBack(newest) }
        let way = try ExecutionWay(script, of: newest.name)
        guard way == .transaction else {
            throw ParlorError(
                .migration, "the down.sql of \(newest.name) cannot be run in one transaction",
                why: "it would run \(way.words)", hint: "Leave transactions and CONCURRENTLY out of down.sql.")
        }
        return Rollback(record: newest, script: script)
    }

    /// What is told when a migration has no `down.sql`.
    private func wayBack(_ record: MigrationRecord) -> ParlorError {
        ParlorError(
            .migration, "the migration \(record.name) has no down.sql",
            why: "only the whole server can be brought back to the time before it",
            hint:
                "Restore a base backup with recovery_target_name = '\(record.restorePoint)', which the deploy made if it "
                + "said so, or with recovery_target_time = '\(record.startedAt.rfc3339)' and "
                + "recovery_target_inclusive = off; or write a migration that undoes this one.")
    }
}

extension StepRunner {
    /// Runs `down.sql` and takes the row back, in one commit.
    fileprivate func takeBack(_ rollback: Migrator.Rollback) async throws {
        let name = rollback.record.name
        try await connection.resetSettings()
        try await repeating(name) {
            try await inTransaction(rollback.script) { try await connection.table.rollBack(rollback.record.id) }
        } failed: { failure in
            throw ParlorError(
                .migration, "the migration \(name) could not be taken back, and nothing was changed",
                why: failure.place + failure.sentence, hint: "Correct its down.sql.",
                detail: failure.error.explained.detail, cause: failure.error)
        }
    }
}
