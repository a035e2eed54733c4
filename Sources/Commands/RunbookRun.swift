import Basics

extension Command {
    /// `parlor runbook run`.
    static let runbookRun = Command(
        CommandDeclaration(
            name: "run",
            group: .operations,
            summary: "Walk through a runbook: ask, check, do, verify",
            discussion: """
                Every step says what it will do, and with which command, before it does it. What stops the system or takes
                data away wants a yes; without a terminal that is --yes, and --to in place of the question for a moment. A
                step that fails ends the walk, says whether anything was changed, and which commands are left.

                full-restore and point-in-time put data in the place of the system's own, which is set aside, never
                deleted. drill changes nothing.
                """,
            arguments: [.init("name", "The runbook: full-restore, point-in-time or drill")],
            options: [.moment, .solo, .yes],
            examples: [
                .init("parlor runbook run drill", "Prove the backups"),
                .init("parlor runbook run point-in-time", "Asks for the moment"),
                .init("parlor runbook run full-restore --yes", "Without a question"),
            ],
            success: "every step was done, and what was to be verified is well",
            failures: restoreFailures + backupFailures + ErrorCode.startFailures + [
                .unhealthy, .notRunning, .belowFloor,
            ]),
        work: { try await RunbookSession($0).run() })
}

extension OptionDeclaration {
    /// The answer to the question of the point in time.
    static let moment = value(
        Runbook.moment, ValueDeclaration("<target>"),
        "For point-in-time: a moment, a restore point, or the number of a transaction")
}
