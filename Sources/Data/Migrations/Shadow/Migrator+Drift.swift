import Loop
import Postgres

/// How a database differs from what its migrations make.
package struct SchemaDrift: Hashable, Sendable {
    /// Which of the two is to become like the other.
    package enum Direction: String, Hashable, Sendable, CaseIterable {
        /// The database is to become what the files make: the SQL mends the database.
        case files
        /// The files are to make what the database is: the SQL is the next migration.
        case database
    }

    /// The steps from the one to the other.
    package let difference: SchemaDifference
    /// The migrations that wait for a deploy, and were left out of the comparison.
    package let pending: [String]
}

extension Migrator {
    /// Compares the database with what those migrations make that have run on it, by running them on a shadow database.
    /// Without a history of migrations all of them count. Nothing in the database changes.
    package func drift(
        _ folder: MigrationFolder, to direction: SchemaDrift.Direction = .files, withoutPartitions: Bool = false
    ) async throws -> SchemaDrift {
        let status = try await status(folder)
        try status.checkHistory()
        let pending = status.names(.applied).isEmpty ? [] : status.names(.pending) + status.names(.interrupted)
        let applied = folder.migrations.filter { !pending.contains($0.name) }
        let live = try await catalog(options)
        let made = try await ShadowDatabase.with(beside: options, owner: settings.owner, on: loop) { shadow in
            try await catalog(of: applied, on: shadow)
        }
        let (database, files) = withoutPartitions ? (live.withoutPartitions(), made.withoutPartitions()) : (live, made)
        let difference =
            direction == .files
            ? SchemaDifference(from: database, to: files, keepingExtensions: true)
            : SchemaDifference(from: files, to: database, keepingExtensions: true)
        return SchemaDrift(difference: difference, pending: pending)
    }

    /// The schema of a database as it is.
    func catalog(_ options: ConnectionOptions) async throws -> SchemaCatalog {
        let session = try await PostgresSession.connect(options, SessionOptions(preparation: .unnamed), on: loop)
        defer { session.close() }
        return try await SchemaCatalog(reading: session, schema: schema)
    }

    /// The schema that migrations make of an empty database.
    func catalog(of migrations: [Migration], on shadow: ConnectionOptions) async throws -> SchemaCatalog {
        // In the same role, because policies and rights name the one that made them.
        var settings = MigrationSettings.forShadow
        settings.owner = self.settings.owner
        let migrator = Migrator(shadow, schema: schema, settings: settings, on: loop)
        _ = try await migrator.deploy(MigrationFolder(path: "", migrations: migrations))
        return try await catalog(shadow)
    }
}
