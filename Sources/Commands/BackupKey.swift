import Agent
import Backups
import Basics
import State

extension Command {
    /// `parlor backup key`.
    static let backupKey = Command(
        CommandDeclaration(
            name: "key",
            group: .operations,
            summary: "Show the key without which no backup can be read",
            discussion: """
                Backups are encrypted, and this machine keeps the key. When the machine is lost, so is the key, and with
                it every backup: write it down, and keep it where neither this machine nor the repositories are. On
                another machine it goes into backups.key.
                """,
            options: [.yes],
            examples: [.init("parlor backup key --yes", "Without being asked, to keep it somewhere else")],
            success: "the key was shown",
            failures: [.notRunning, .notConfirmed] + ErrorCode.stateFailures),
        work: { invocation in
            let workplace = try Workplace(invocation)
            guard let state = try workplace.enterStateFolder() else { throw Invocation.nothingRuns }
            try invocation.confirm(
                "whoever sees the key can read every backup. Show it?", refused: "the key was not shown",
                why: "whoever sees it can read every backup")
            guard let repository = try BackupSite(workplace.configuration, state).repositories().first else {
                throw ParlorError(
                    .backup, "there are no backups", why: workplace.configuration.backupObstacle,
                    hint: "See docs/backups.md.")
            }
            try invocation.terminal.write(repository.key.reveal() + "\n")
        })
}
