import Agent
import Basics

extension Command {
    /// `parlor backup`, which leads to what is done with backups.
    static let backup = Command(
        CommandDeclaration(
            name: "backup",
            group: .operations,
            summary: "Make backups, look at them, and prove that they can be restored",
            discussion: """
                Backups are made by themselves while the system runs: a full one each day, one of what changed each hour,
                and the log of every change all the time. All of it is compressed and encrypted. What is here is for
                looking at them, and for what one wants done at once.
                """,
            examples: [
                .init("parlor backup list", "What there is, how far back it reaches, and what comes next"),
                .init("parlor backup run", "A backup now, of what changed since the last one"),
            ]),
        subcommands: [.backupList, .backupRun, .backupVerify, .backupDrill, .backupExpire, .backupSchedule, .backupKey])

    /// What any of them can end with.
    static let backupFailures: [ErrorCode] =
        [.notRunning, .alreadyRunning, .backup, .cluster] + ErrorCode.stateFailures
}
