import Basics
import Postgres

extension Migrator {
    /// Records that a migration has taken effect, without running it: for one that failed and was finished by hand, or
    /// whose work was there before.
    package func markApplied(_ name: String, in folder: MigrationFolder) async throws {
        guard let migration = folder.migration(named: name) else { throw ParlorError.noFolder(name, folder) }
        try await locked { connection in
            try await makeTable(connection)
            let records = try await connection.table.records().filter { $0.name == name && $0.rolledBackAt == nil }
            guard !records.contains(where: { $0.state == .applied }) else {
                throw ParlorError(.alreadyApplied, "the migration \(name) is recorded as applied already")
            }
            try await connection.session.transaction {
                for record in records { try await connection.table.rollBack(record.id) }
                try await connection.table.adopt(MigrationRecord.newIdentifier(), migration)
            }
        }
    }

    /// Records that nothing of a failed migration is left, so that the next deploy runs it again.
    package func markRolledBack(_ name: String) async throws {
        try await locked { connection in
            let records = try await records(connection).filter { $0.name == name }
            guard !records.isEmpty else {
                throw ParlorError(
                    .neverApplied, "the migration \(name) was never run on this database",
                    why: await suggestion(for: name, connection), hint: "Give the whole name of its folder.")
            }
            let open = records.filter { $0.finishedAt == nil && $0.rolledBackAt == nil }
            guard !open.isEmpty else {
                throw ParlorError(
                    .notFailed, "the migration \(name) is not in a failed state",
                    hint: "\"./parlor migrate rollback\" takes back what has taken effect.")
            }
            for record in open { try await connection.table.rollBack(record.id) }
        }
    }

    /// Records every migration of the folder as applied, for a database that has had their effects before it had their
    /// table. Whether it really has them cannot be known from here. Gives back the names that were recorded.
    package func baseline(_ folder: MigrationFolder) async throws -> [String] {
        try await locked { connection in
            let records = try await records(connection)
            let failed = records.filter { $0.finishedAt == nil && $0.rolledBackAt == nil }
            guard failed.isEmpty else { throw ParlorError.failedMigrations(failed) }
            let applied = Set(records.filter { $0.state == .applied }.map(\.name))
            let missing = folder.migrations.filter { !applied.contains($0.name) }
            guard try await connection.holdsTables() || missing.isEmpty else {
                throw ParlorError(
                    .migration, "the schema \(schema) holds no tables, so there is nothing to adopt",
                    hint: "Run \"./parlor migrate deploy\", which makes them.")
            }
            try await makeTable(connection)
            try await connection.session.transaction {
                for migration in missing {
                    try await connection.table.adopt(MigrationRecord.newIdentifier(), migration)
                }
            }
            return missing.map(\.name)
        }
    }

    func makeTable(_ connection: MigrationSession) async throws {
        try await connection.makeSchema()
        if try await !connection.table.exists() { try await connection.table.create() }
    }

    private func suggestion(for name: String, _ connection: MigrationSession) async -> String? {
        guard let records = try? await records(connection) else { return nil }
        return didYouMean(name, among: records.map(\.name))
    }
}

extension ParlorError {
    static func noFolder(_ name: String, _ folder: MigrationFolder) -> ParlorError {
        ParlorError(
            .migrationMissing, "there is no migration \(name) in \(folder.path)",
            why: didYouMean(name, among: folder.migrations.map(\.name)), hint: "Give the whole name of its folder.")
    }
}
