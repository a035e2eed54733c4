import Basics
import Migrations

extension Command {
    /// `parlor migrate reset`.
    static let migrateReset = Command(
        CommandDeclaration(
            name: "reset",
            group: .database,
            summary: "Drop the schema with all data, and deploy from nothing",
            discussion: """
                Drops the schema that the configuration names with everything in it, makes it again with the same
                owner and rights, and runs every migration. There is no way back, so it wants --yes. For databases of
                developers and tests.
                """,
            options: [.yes, .json, .migrations, .lockTimeout, .lockBudget, .deploymentWait],
            examples: [.init("parlor migrate reset --yes", "Begin again")],
            success: "the schema is that of the migrations, and empty",
            failures: [.notConfirmed, .cancelled] + ErrorCode.migrationFailures),
        work: { try await resetSchema($0) })

    private static func resetSchema(_ invocation: Invocation) async throws {
        guard invocation.command.has(.yes) else {
            throw ParlorError(
                .notConfirmed, "nothing was dropped", why: "reset drops the schema with all data and wants a yes",
                hint: "Run \"./parlor migrate reset --yes\" if that is what you want.")
        }
        let place = try await MigrationPlace(invocation)
        let printer = MigrationPrinter(invocation)
        let deployed = try await printer.printing(on: invocation.loop) {
            try await place.migrator(printer.tell).reset(place.folder)
        }
        try showDeployed(deployed, invocation)
    }
}
