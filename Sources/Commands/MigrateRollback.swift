import Basics
import Migrations

extension Command {
    /// `parlor migrate rollback`.
    static let migrateRollback = Command(
        CommandDeclaration(
            name: "rollback",
            group: .database,
            summary: "Take the newest migration back",
            discussion: """
                Runs the down.sql that stands beside the newest applied migration, in one transaction with its record.
                Without a down.sql the way back leads through a backup, and is told.
                """,
            arguments: [ArgumentDeclaration("migration", isOptional: true, "The newest migration, to be sure")],
            options: [.dryRun, .json, .migrations, .lockTimeout, .lockBudget, .deploymentWait],
            examples: [
                .init("parlor migrate rollback", "Take the newest migration back"),
                .init("parlor migrate rollback --dry-run", "Show what would be run"),
            ],
            success: "the migration is taken back",
            failures: [.cancelled] + ErrorCode.migrationFailures),
        work: { try await rollBack($0) })

    private static func rollBack(_ invocation: Invocation) async throws {
        let place = try await MigrationPlace(invocation)
        let (name, isDry) = (invocation.command.arguments.first, invocation.command.has(.dryRun))
        let printer = MigrationPrinter(invocation)
        let rollback = try await printer.printing(on: invocation.loop) {
            isDry
                ? try await place.migrator().planRollback(name, in: place.folder)
                : try await place.migrator(printer.tell).rollBack(name, in: place.folder)
        }
        let terminal = invocation.terminal
        if invocation.command.has(.json) {
            let headlines = rollback.script.statements.map { JSON.string($0.headline) }
            return try terminal.write(
                JSON.object([
                    .init("name", .string(rollback.record.name)), .init("rolled_back", .bool(!isDry)),
                    .init("statements", .array(headlines)),
                ]).pretty + "\n")
        }
        guard isDry else { return try terminal.write("\(rollback.record.name.printable) is taken back\n") }
        let lines =
            ["\(rollback.record.name) would be taken back by"] + rollback.script.statements.map { "  \($0.headline)" }
        try terminal.write((lines + ["nothing was changed"]).map { "\($0.printable)\n" }.joined())
    }
}
