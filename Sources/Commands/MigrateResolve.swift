import Basics
import Migrations

extension Command {
    /// `parlor migrate resolve`.
    static let migrateResolve = Command(
        CommandDeclaration(
            name: "resolve",
            group: .database,
            summary: "Say what became of a migration that failed",
            discussion: """
                Changes nothing but the record of one migration. --rolled-back says that nothing of it is left, so
                that the next deploy runs it again; --applied says that all of it has taken effect, so that none does.
                """,
            options: [.applied, .rolledBack, .json, .migrations, .deploymentWait],
            examples: [
                .init("parlor migrate resolve --rolled-back 20260301093000_init", "Run it again with the next deploy"),
                .init("parlor migrate resolve --applied 20260301093000_init", "Count it as done"),
            ],
            success: "the record is changed",
            failures: ErrorCode.migrationFailures),
        work: { try await resolve($0) })

    private static func resolve(_ invocation: Invocation) async throws {
        let (applied, rolledBack) = (
            invocation.command.value(of: .applied), invocation.command.value(of: .rolledBack)
        )
        guard let name = applied ?? rolledBack, applied == nil || rolledBack == nil else {
            throw ParlorError(
                .usage, "resolve wants either --applied or --rolled-back",
                hint: "\"parlor help migrate resolve\" tells the difference.")
        }
        let place = try await MigrationPlace(invocation)
        if applied != nil {
            try await place.migrator().markApplied(name, in: place.folder)
        } else {
            try await place.migrator().markRolledBack(name)
        }
        let state = applied != nil ? "applied" : "rolled back"
        try invocation.terminal.write(
            invocation.command.has(.json)
                ? JSON.object([.init("name", .string(name)), .init("state", .string(state))]).pretty + "\n"
                : "\(name.printable) is recorded as \(state)\n")
    }
}

extension OptionDeclaration {
    /// A migration that has taken effect.
    static let applied = value("applied", ValueDeclaration("<migration>"), "Record this migration as applied")

    /// A migration of which nothing is left.
    static let rolledBack = value(
        "rolled-back", ValueDeclaration("<migration>"), "Record this migration as rolled back")
}
