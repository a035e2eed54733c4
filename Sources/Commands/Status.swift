import Agent
import Basics
import Glibc
import Processes
import State

extension Command {
    /// `parlor status`.
    static let status = Command(
        CommandDeclaration(
            name: "status",
            group: .daily,
            summary: "Show each part and its state",
            discussion: """
                Shows for each part its state and since when, its process, port and memory, and how often and why it
                was restarted.

                A part is waiting (for a part that it needs), preparing, starting, ready, unresponsive (it runs and
                does not answer), backing off (it ended and will be started again after a pause), stopping, stopped,
                or failed (it will not be started again).
                """,
            options: [.watch, .json],
            examples: [
                .init("parlor status", "How things are"),
                .init("parlor status --watch", "The same, kept up to date until Ctrl-C"),
                .init("parlor status --json", "The same for a program"),
            ],
            success: "the parts are shown, be they well or not",
            failures: ErrorCode.stateFailures),
        work: { try await show($0) })

    private static func show(_ invocation: Invocation) async throws {
        let workplace = try Workplace(invocation)
        let obstacle = workplace.configuration.missingBackups
        let state = try workplace.enterStateFolder()
        let terminal = invocation.terminal
        try await LiveView(invocation: invocation) {
            let status = try await ask(state, invocation)
            let view = StatusView(status.parts)
            return .init(
                json: status.json,
                lines: view.lines(now: .now(), width: terminal.width, inColor: terminal.allowsColor())
                    + (obstacle.map { ["there are no backups: \($0)"] } ?? []))
        }.show()
    }

    /// The system as it stands; one without parts when nothing runs.
    private static func ask(_ state: StateFolder?, _ invocation: Invocation) async throws -> SystemStatus {
        guard let state else { return .nothing }
        return try await AgentClient(state, on: invocation.loop).status() ?? .nothing
    }
}

extension OptionDeclaration {
    /// Kept up to date.
    package static let watch = flag("watch", letter: "w", "Keep the view up to date until Ctrl-C")
}
