import Backups
import Basics
import Configuration
import Loop
import Postgres

extension Command {
    /// `parlor restore table`.
    static let restoreTable = Command(
        CommandDeclaration(
            name: "table",
            group: .operations,
            summary: "Bring single tables back beside the living ones",
            discussion: """
                The database of that moment is restored into a folder of its own, and the tables are copied from there
                into a new schema of the living database, "recovered_" and the time. The living tables are not touched:
                what is missing in them you take over yourself, with an INSERT ... SELECT. The copies have the rows and
                the types of their columns, no constraints and no row-level security, and only the superuser can read
                them; drop the schema when you are done.
                """,
            arguments: [ArgumentDeclaration("table", "A table with its schema, several with commas between them")],
            options: [.target, .backupLabel, .json],
            examples: [
                .init("parlor restore table public.bookings --to 2026-11-21T14:29:59", "As it was at that second"),
                .init("parlor restore table public.bookings,public.customers --to before_import", "Two of them"),
            ],
            success: "the tables are in the new schema",
            failures: restoreFailures + [.notRunning, .cluster, .database]),
        work: { invocation in
            guard let text = invocation.command.value(of: .target) else {
                throw ParlorError(
                    .usage, "a target is missing", hint: "Say from when with --to, like --to 2026-11-21T14:29:59.")
            }
            let tables = (invocation.command.arguments.first ?? "").split(separator: ",").map(String.init)
            try await RestoreCommand(invocation).recover(tables, at: try RecoveryTarget(text))
        })
}

extension RestoreCommand {
    /// Restores into a scratch folder, copies tables from there, and removes it.
    fileprivate func recover(_ tables: [String], at target: RecoveryTarget) async throws {
        let (loop, database) = (invocation.loop, workplace.configuration.database.name)
        let living = try await living(in: database)
        defer { living.close() }
        let state = try workplace.makeStateFolder { try terminal.write("\($0)\n") }
        let found = try await find(target, backup: invocation.command.value(of: .backupLabel), state)
        if !isJSON { try showPlan(found) }
        let copies: [TableRecovery.Copy] = try await loop.untilInterrupted {
            let outcome = try await restore(found)
            do {
                let restored = try await outcome.server.session(to: database, on: loop)
                let schema =
                    "recovered_" + Timestamp.now().rfc3339Seconds.lowercased().filter { $0 != ":" && $0 != "-" }
                let copies = try await TableRecovery(from: restored, to: living).copy(tables, into: schema)
                restored.close()
                try await outcome.server.stop(on: loop)
                try Files.remove(found.place.folder)
                return copies
            } catch {
                // Unstructured because a cancelled task cannot wait for the end of the server.
                await Task(executorPreference: loop) { try? await outcome.server.stop(on: loop) }.value
                try? Files.remove(found.place.folder)
                throw error
            }
        }
        if isJSON {
            let json = JSON.array(
                copies.map { ["table": .string($0.table), "copy": .string($0.name), "rows": .integer($0.rows)] })
            return try terminal.write(json.pretty + "\n")
        }
        for copy in copies {
            try terminal.write("\(copy.table) is back as \(copy.name): \(counted(copy.rows, "row"))\n")
        }
    }
}
