import Basics
import Glibc
import Migrations

extension Command {
    /// `parlor migrate dev`.
    static let migrateDev = Command(
        CommandDeclaration(
            name: "dev",
            group: .database,
            summary: "Make a migration of what was changed in the database",
            discussion: """
                Applies what is pending, runs all migrations on a shadow database, which is dropped again, and puts
                what the database has besides into a new migration. It is tried on the shadow database, shown with what
                the lint says about it for large tables, and recorded as applied, since the database has it already.

                With --create-only it is written and not recorded, also when it is empty, to be finished by hand. On a
                terminal it asks before it writes. For databases of developers.
                """,
            options: [
                .migrationName, .createOnly, .yes, .partitions, .json, .migrations, .lockTimeout, .lockBudget,
                .deploymentWait,
            ],
            examples: [
                .init("parlor migrate dev --name add_bookings", "Make a migration of the changes"),
                .init("parlor migrate dev --name fill --create-only", "Begin one that is written by hand"),
            ],
            success: "the migration is written, or there is nothing to write",
            failures: [.notConfirmed, .cancelled] + ErrorCode.migrationFailures),
        work: { try await developMigration($0) })

    private static func developMigration(_ invocation: Invocation) async throws {
        guard let name = invocation.command.value(of: .migrationName) else {
            throw ParlorError(
                .usage, "dev wants --name", hint: "Run \"parlor migrate dev --name add_bookings\" or the like.")
        }
        let place = try await MigrationPlace(invocation, makingFolder: true)
        // Before anything is done: a name that cannot be used, and a folder that cannot be trusted.
        _ = try MigrationDraft.folderName(name, at: .now(), behind: place.folder.migrations)
        let printer = MigrationPrinter(invocation)
        let migrator = place.migrator(printer.tell)
        try await migrator.checkHistory(place.folder)
        let isWithoutPartitions = !invocation.command.has(.partitions)
        let draft = try await printer.printing(on: invocation.loop) {
            _ = try await migrator.deploy(place.folder)
            return try await migrator.draft(name, of: place.folder, withoutPartitions: isWithoutPartitions)
        }
        let isByHand = invocation.command.has(.createOnly)
        guard isByHand || !draft.difference.changes.isEmpty else { return try showDraft(draft, .nothing, invocation) }
        if !invocation.command.has(.json) { try invocation.terminal.write(draft.lines.map { "\($0)\n" }.joined()) }
        try confirm(draft, invocation)
        try await migrator.write(draft, into: place.folder, isApplied: !isByHand)
        try showDraft(draft, isByHand ? .written : .recorded, invocation)
    }

    /// What became of a draft.
    private enum DraftEnd: String { case nothing, written, recorded }

    private static func confirm(_ draft: MigrationDraft, _ invocation: Invocation) throws {
        // What it writes is a draft: where nobody can be asked, nobody need be.
        guard invocation.terminal.isTerminal(), isatty(STDIN_FILENO) == 1, !invocation.command.has(.json) else {
            return
        }
        try invocation.confirm("Write \(draft.name)?", refused: "nothing was written", why: "the draft wants a yes")
    }

    private static func showDraft(_ draft: MigrationDraft, _ end: DraftEnd, _ invocation: Invocation) throws {
        if invocation.command.has(.json) {
            return try invocation.terminal.write(draft.json(end.rawValue).pretty + "\n")
        }
        let unmended = draft.difference.unmended.map { "not part of it: \($0.printable)\n" }.joined()
        let sentence =
            switch end {
            case .nothing: "nothing to write: the migrations make all that the database has"
            case .written: "\(draft.name) is written; \"parlor migrate deploy\" runs it"
            case .recorded: "\(draft.name) is written and recorded as applied"
            }
        try invocation.terminal.write("\(unmended)\(sentence)\n")
    }
}

extension MigrationDraft {
    /// For people: the text, and what the lint says.
    var lines: [String] {
        var lines = [name, ""] + text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
        for finding in findings {
            lines.append(finding.summary.printable)
            lines += (finding.safeWay ?? "").split(separator: "\n").map { "    \($0)" }
        }
        return lines
    }

    /// For programs.
    func json(_ state: String) -> JSON {
        [
            "name": .string(name), "state": .string(state), "sql": .string(text),
            "changes": .array(difference.changes.map(\.json)),
            "unmended": .array(difference.unmended.map { .string($0) }), "findings": .array(findings.map(\.json)),
        ]
    }
}

extension OptionDeclaration {
    /// What a new migration is called.
    static let migrationName = value(
        "name", ValueDeclaration("<name>"), "Call the migration so, like add_bookings")

    /// To be finished by hand.
    static let createOnly = flag("create-only", "Write the migration without recording it as applied")
}
