package import Basics
import Loop
import Postgres

extension Migrator {
    /// Refuses a database whose history the files do not tell any more.
    package func checkHistory(_ folder: MigrationFolder) async throws { try await status(folder).checkHistory() }

    /// Puts into a migration what the database has and the migrations do not make. All of them must have run.
    ///
    /// The draft is tried: run on a shadow database behind the others, it leads to the schema of the database.
    package func draft(
        _ name: String, of folder: MigrationFolder, at now: Timestamp = .now(), withoutPartitions: Bool = false
    ) async throws -> MigrationDraft {
        let name = try MigrationDraft.folderName(name, at: now, behind: folder.migrations)
        try await status(folder).checkHistory()
        let live = try await catalog(options)
        return try await ShadowDatabase.with(beside: options, owner: settings.owner, on: loop) { shadow in
            let made = try await catalog(of: folder.migrations, on: shadow)
            let (files, database) =
                withoutPartitions ? (made.withoutPartitions(), live.withoutPartitions()) : (made, live)
            let difference = SchemaDifference(from: files, to: database, keepingExtensions: true)
            let draft = MigrationDraft(
                name: name, difference: difference, findings: try await findings(difference, name, on: shadow))
            try await prove(draft, leadsTo: database, on: shadow, withoutPartitions)
            return draft
        }
    }

    /// Writes a draft into the folder, and records it as applied when the database has it already.
    package func write(_ draft: MigrationDraft, into folder: MigrationFolder, isApplied: Bool) async throws {
        try folder.write(draft)
        guard isApplied else { return }
        do {
            try await markApplied(draft.name, in: try MigrationFolder(reading: folder.path))
        } catch {
            try? Files.remove("\(folder.path)/\(draft.name)")
            throw error
        }
    }

    /// As on a database in which the same tables are large.
    private func findings(
        _ difference: SchemaDifference, _ name: String, on shadow: ConnectionOptions
    ) async throws -> [LintFinding] {
        let session = try await PostgresSession.connect(shadow, SessionOptions(preparation: .unnamed), on: loop)
        defer { session.close() }
        let database = try await LintedDatabase(reading: session).grown
        let statements = try SQLScript(difference.sql).statements
        return MigrationLint.findings(in: [LintedMigration(name: name, statements: statements)], on: database)
    }

    private func prove(
        _ draft: MigrationDraft, leadsTo wanted: SchemaCatalog, on shadow: ConnectionOptions, _ withoutPartitions: Bool
    ) async throws {
        guard !draft.difference.changes.isEmpty else { return }
        let session = try await PostgresSession.connect(shadow, SessionOptions(preparation: .unnamed), on: loop)
        defer { session.close() }
        do {
            try await session.execute("SET search_path TO \(quoteIdentifier(schema));\n\(draft.text)")
        } catch let error as PostgresError {
            throw ParlorError(
                .migration, "the changes could not be put into a migration that runs",
                why: error.explained.summary,
                hint: "Write the migration by hand: begin with --create-only, or with \"parlor migrate diff\".",
                detail: draft.text, cause: error)
        }
        let reached = try await SchemaCatalog(reading: session, schema: schema)
        let left = SchemaDifference(
            from: withoutPartitions ? reached.withoutPartitions() : reached, to: wanted,
            keepingExtensions: true)
        guard left.changes.isEmpty else {
            throw ParlorError(
                .migration, "the changes could not be put into a migration that leads all the way",
                why: left.summary.prefix(3).joined(separator: ", "),
                hint: "Write the migration by hand, and compare with \"parlor migrate diff\".", detail: left.sql)
        }
    }
}

extension LintedDatabase {
    /// The same with tables of which nobody knows how large they are.
    fileprivate var grown: LintedDatabase {
        var database = self
        for name in tables.keys {
            database.tables[name]?.rows = nil
            database.tables[name]?.bytes = nil
        }
        return database
    }
}

extension MigrationFolder {
    /// Writes a draft, all of it or nothing, and the file that names the kind of database where it is missing.
    fileprivate func write(_ draft: MigrationDraft) throws(ParlorError) {
        // Names that begin with a dot are no migrations.
        let unfinished = "\(path)/.\(draft.name)"
        try Files.makeFolder(unfinished, mode: 0o755)
        try Files.writeAtomically(draft.text, to: "\(unfinished)/migration.sql", mode: 0o644)
        try Files.move(unfinished, to: "\(path)/\(draft.name)")
        let lock = "\(path)/\(Self.lockFile)"
        guard !Files.exists(lock) else { return }
        try Files.writeAtomically(
            """
            # Please do not edit this file manually
            # It should be added in your version-control system (e.g., Git)
            provider = "\(Self.provider)"

            """, to: lock, mode: 0o644)
    }
}
