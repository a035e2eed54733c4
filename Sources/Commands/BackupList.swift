import Agent
import Basics

extension Command {
    /// `parlor backup list`.
    static let backupList = Command(
        CommandDeclaration(
            name: "list",
            group: .operations,
            summary: "Show the backups, how far back they reach, and how much could be lost now",
            discussion: """
                For each repository: the backups, from when until when every second can be restored, and how much work
                would be lost if everything but the repository was lost now. That is measured, not hoped: the primary
                writes a heartbeat every five seconds, and the newest one in the repository says how old the newest
                work in it is.
                """,
            options: [.json],
            examples: [
                .init("parlor backup list", "For people"),
                .init("parlor backup list --json", "For programs, with the last fifty runs"),
            ],
            success: "the backups were shown",
            failures: backupFailures),
        work: { invocation in
            let status = try await invocation.agent().backups()
            if invocation.command.has(.json) { return try invocation.terminal.write(status.json.pretty + "\n") }
            let terminal = invocation.terminal
            let lines = BackupView(status).lines(width: terminal.width, inColor: terminal.allowsColor())
            try terminal.write(lines.map { "\($0)\n" }.joined())
        })

    /// `parlor backup schedule`.
    static let backupSchedule = Command(
        CommandDeclaration(
            name: "schedule",
            group: .operations,
            summary: "Show what is done for backups next, and why then",
            discussion: """
                The agent keeps to this by itself; no cron is needed. One thing is done at a time. Of runs that were
                missed one is made up for, and one that failed is tried again after 1, 2, 4 and at most 30 minutes.
                """,
            options: [.json],
            examples: [.init("parlor backup schedule", "The next run of each kind")],
            success: "the schedule was shown",
            failures: backupFailures),
        work: { invocation in
            let status = try await invocation.agent().backups()
            let terminal = invocation.terminal
            if invocation.command.has(.json) {
                return try terminal.write((status.json["schedule"] ?? .null).pretty + "\n")
            }
            let lines = BackupView(status).schedule(width: terminal.width, inColor: terminal.allowsColor())
            try terminal.write(lines.map { "\($0)\n" }.joined())
        })
}
