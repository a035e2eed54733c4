import Agent
import Backups
import Basics
import Loop

extension Command {
    /// `parlor backup run`.
    static let backupRun = Command(
        CommandDeclaration(
            name: "run",
            group: .operations,
            summary: "Make a backup now",
            discussion: """
                The backup is made by the agent, in every repository, from a replica where there is one. It holds what
                changed since the last one, or everything with --full. How far it has come is shown; Ctrl-C ends the
                showing, not the backup. Afterwards the log is looked through for holes, and after a full backup
                everything in the repository is read and compared with its checksum.
                """,
            options: [.full, .portable, .json],
            examples: [
                .init("parlor backup run", "What changed since the last backup"),
                .init("parlor backup run --full", "Everything"),
                .init("parlor backup run --portable", "A dump for those who are named in backups.portable.recipients"),
            ],
            success: "the backup is made, and checked",
            failures: backupFailures + [.diskFull, .timeout]),
        work: { invocation in
            let isPortable = invocation.command.has(.portable)
            let job: BackupJob = isPortable ? .portable : invocation.command.has(.full) ? .full : .incremental
            let agent = try invocation.agent()
            let results = try await BackupWatching(invocation, agent).following { try await agent.backUp(job) }
            if invocation.command.has(.json) {
                return try invocation.terminal.write(JSON.array(results.map(\.json)).pretty + "\n")
            }
            for result in results where result.isGood { try invocation.terminal.write(line(result) + "\n") }
            guard let bad = results.first(where: { !$0.isGood }) else { return }
            throw ParlorError(
                .backup, "\(bad.repository ?? "a repository") is not as it should be", why: bad.trouble, hint: bad.hint)
        })

    private static func line(_ result: BackupResult) -> String {
        let took = result.ended - result.begun
        guard let size = result.size else {
            return "\(result.label ?? "a dump") is in \(result.repository ?? "its folder"): "
                + "\(ByteCount(result.stored ?? 0)), in \(took.brief)"
        }
        return "\(result.label ?? "a backup") is in \(result.repository ?? "the repository"): "
            + "\(ByteCount(size)) of data, \(ByteCount(result.stored ?? 0)) written, in \(took.brief)"
    }
}

extension OptionDeclaration {
    /// Everything.
    static let full = flag("full", "Make a full backup")

    /// Without Parlor.
    static let portable = flag("portable", "Make a dump that can be read without Parlor")
}

/// Shows how far the agent's work has come while somebody waits for its end.
struct BackupWatching {
    private let agent: AgentClient
    private let terminal: Terminal
    private let isSilent: Bool
    private let invocation: Invocation

    init(_ invocation: Invocation, _ agent: AgentClient) {
        (self.invocation, self.agent, terminal) = (invocation, agent, invocation.terminal)
        isSilent = invocation.command.has(.json)
    }

    /// Does the work and shows its progress.
    func following<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        guard !isSilent else { return try await work() }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await show()
                return nil
            }
            while let result = try await group.next() {
                guard let result else { continue }
                group.cancelAll()
                return result
            }
            throw CancellationError()
        }
    }

    private func show() async throws {
        var meter = ProgressMeter(
            isTerminal: terminal.isTerminal(), words: { "\(ByteCount($0)) done" }, rate: { "\(ByteCount($0)) a second" }
        )
        defer { try? terminal.write(meter.end()) }
        var (shown, phase) = (0, String?.none)
        while (try? await invocation.loop.sleep(for: .milliseconds(300))) != nil {
            let work = try? await agent.backups().work
            if let next = work?.phase, next != phase {
                phase = next
                try terminal.write("\(next)\n")
            }
            guard let progress = work?.progress, let total = progress.total,
                progress.done > shown
            else { continue }
            shown = progress.done
            try terminal.write(meter.text(progress.done, of: total))
        }
    }
}
