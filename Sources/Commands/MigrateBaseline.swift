import Basics
import Migrations

extension Command {
    /// `parlor migrate baseline`.
    static let migrateBaseline = Command(
        CommandDeclaration(
            name: "baseline",
            group: .database,
            summary: "Adopt a database that was there before its migrations",
            discussion: """
                Records every migration of the folder as applied, without running one, as "resolve --applied" does for
                each. Whether the database really has what they would make is yours to know: make the first migration
                from the database itself, or compare the two afterwards.
                """,
            options: [.json, .migrations, .deploymentWait],
            examples: [.init("parlor migrate baseline", "Count every migration as done")],
            success: "every migration of the folder is recorded as applied",
            failures: ErrorCode.migrationFailures),
        work: { try await baseline($0) })

    private static func baseline(_ invocation: Invocation) async throws {
        let place = try await MigrationPlace(invocation)
        let names = try await place.migrator().baseline(place.folder)
        let terminal = invocation.terminal
        if invocation.command.has(.json) {
            return try terminal.write(JSON.object([.init("recorded", .array(names.map { .string($0) }))]).pretty + "\n")
        }
        let lines = names.map { "\($0.printable) is recorded as applied" }
        try terminal.write((lines.isEmpty ? ["every migration was recorded before"] : lines).map { "\($0)\n" }.joined())
    }
}
