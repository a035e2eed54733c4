import Agent
import Backups
import Basics

extension Command {
    /// `parlor backup verify`.
    static let backupVerify = Command(
        CommandDeclaration(
            name: "verify",
            group: .operations,
            summary: "Read everything in the repositories and compare it with its checksums",
            discussion: """
                Every file of every backup and of the log is read, decrypted, and compared with the checksum that was
                taken when it was written; and the log is looked through for holes. This happens by itself after each
                full backup. That a backup can be restored and holds the right data, only a drill can prove.
                """,
            options: [.json],
            examples: [.init("parlor backup verify", "Check everything now")],
            success: "everything is as it was written",
            failures: backupFailures + [.timeout]),
        work: { invocation in
            let agent = try invocation.agent()
            let results = try await agent.verifyBackups()
            let bad = results.filter { !$0.isGood }
            if invocation.command.has(.json) {
                try invocation.terminal.write(JSON.array(results.map(\.json)).pretty + "\n")
                if !bad.isEmpty { throw AlreadySaid(.backup) }
                return
            }
            for result in results where result.isGood {
                let took = (result.ended - result.begun).brief
                try invocation.terminal.write("\(result.repository ?? "") is whole; it took \(took) to read\n")
            }
            guard let first = bad.first else { return }
            throw ParlorError(
                .backup, "\(first.repository ?? "a repository") is not as it was written", why: first.trouble,
                hint: first.hint)
        })

    /// `parlor backup expire`.
    static let backupExpire = Command(
        CommandDeclaration(
            name: "expire",
            group: .operations,
            summary: "Remove the backups that need not be kept",
            discussion: """
                This happens by itself after every backup. Kept is everything of the last backups.keep_daily days, so
                that each second of them can be restored; the first full backup of each week for backups.keep_weekly
                days and of each month for backups.keep_monthly days; what any of these stands on; and always the newest
                good backup. --dry-run shows for each one what becomes of it and why, and removes nothing.
                """,
            options: [.dryRun, .json],
            examples: [.init("parlor backup expire --dry-run", "What would be kept, and why")],
            success: "only what is to be kept is there",
            failures: backupFailures + [.timeout]),
        work: { invocation in
            let agent = try invocation.agent()
            let plans = try await agent.retention()
            if !invocation.command.has(.dryRun) { try await agent.expireBackups() }
            if invocation.command.has(.json) { return try invocation.terminal.write(plans.pretty + "\n") }
            let terminal = invocation.terminal
            let lines = RetentionView(plans, isPlan: invocation.command.has(.dryRun))
                .lines(width: terminal.width, inColor: terminal.allowsColor())
            try terminal.write(lines.map { "\($0)\n" }.joined())
        })
}
