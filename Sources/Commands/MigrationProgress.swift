import Basics
import Glibc
import Loop
import Migrations
import Synchronization

/// What people are told while migrations run: events in, text out.
struct MigrationProgress {
    /// Whether a statement's line waits for its end.
    private var isLineOpen = false
    private var hasExplainedRestorePoints = false

    /// The text for an event. A statement's line is begun when the statement is, so that one sees what takes long.
    mutating func text(for event: MigrationEvent) -> String {
        switch event {
        case .statementBegan(let headline, _, let position, let count):
            let begun = line("  \(position)/\(count)  \(headline)").dropLast()
            isLineOpen = true
            return String(begun)
        case .statementEnded(let duration):
            guard isLineOpen else { return "" }
            isLineOpen = false
            return "  \(duration.brief)\n"
        case .migrationBegan(let name, let position, let count, let way, let isResumed):
            return line(
                "\(name) (\(position) of \(count)), \(way.words)\(isResumed ? "; goes on where it was cut short" : "")")
        case .migrationEnded(_, let duration): return line("  done after \(duration.brief)")
        case .restorePoint(let point): return words(of: point).map { line("  \($0)") } ?? ""
        case .waitingForDeployment(let holder):
            return line("waiting for another deployment: \(holder.map { "\($0)" } ?? "it has just ended")")
        case .waitingForReplica(let name, let behind):
            return line("  waiting for the replica \(name), which is \(behind) behind")
        case .lockRetry(let attempt, let pause, let blockers):
            let who = blockers.map(\.description).joined(separator: " and ")
            return line(
                "  gave way \(who.isEmpty ? "for want of a lock" : "to \(who)"); attempt \(attempt) after \(pause.brief)"
            )
        case .indexDropped(let name): return line("  dropped the invalid index \(name)")
        case .notice(let text): return line("note: \(text)")
        case .reconnecting(let reason): return line("\(reason); connecting again")
        }
    }

    /// What is not as good as it could be is explained once.
    private mutating func words(of point: RestorePoint) -> String? {
        switch point {
        case .made(_, _, isArchived: true): return "\(point)"
        case .made(let name, let position, isArchived: false):
            defer { hasExplainedRestorePoints = true }
            return hasExplainedRestorePoints ? "restore point \(name) at \(position)" : "\(point)"
        case .impossible:
            defer { hasExplainedRestorePoints = true }
            return hasExplainedRestorePoints ? nil : "\(point)"
        }
    }

    /// Ends a line that a failure has left open.
    mutating func end() -> String {
        defer { isLineOpen = false }
        return isLineOpen ? "\n" : ""
    }

    private mutating func line(_ text: String) -> String { end() + text.printable + "\n" }
}

/// Prints progress; a deploy does not stop because nobody reads any more what it does.
final class MigrationPrinter: Sendable {
    private let terminal: Terminal
    private let isSilent: Bool
    private let progress = Mutex(MigrationProgress())

    init(_ invocation: Invocation) {
        terminal = invocation.terminal
        isSilent = invocation.command.has(.json)
    }

    /// Tells about an event.
    var tell: @Sendable (MigrationEvent) -> Void {
        { [self] event in print { $0.text(for: event) } }
    }

    /// Runs `body` and leaves no line open behind it. Ctrl-C or SIGTERM calls off what the server works on, which
    /// would go on there otherwise.
    func printing<Result: Sendable>(
        on loop: EventLoop, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        defer { print { $0.end() } }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in loop.signals(SIGINT, SIGTERM) { break }
                return nil
            }
            defer { group.cancelAll() }
            if let result = try await group.next().flatMap(\.self) { return result }
            group.cancelAll()
            // It may have come to its end all the same.
            do { if let result = try await group.next().flatMap(\.self) { return result } } catch is CancellationError {
            }
            throw ParlorError(
                .cancelled, "the work was called off", why: "somebody asked for it with Ctrl-C or a signal",
                hint: "Run the same command again: it goes on where this one was called off.")
        }
    }

    private func print(_ text: (inout MigrationProgress) -> String) {
        guard !isSilent else { return }
        let text = progress.withLock { text(&$0) }
        guard !text.isEmpty else { return }
        try? terminal.write(text)
    }
}
