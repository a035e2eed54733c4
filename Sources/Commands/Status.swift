import Agent
import Basics
import Glibc
import Loop
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
        let state = try Workplace(invocation).enterStateFolder()
        guard invocation.command.has(.watch) else { return try print(await ask(state, invocation), invocation) }
        try await watch(state, invocation)
    }

    /// The system as it stands; one without parts when nothing runs.
    private static func ask(_ state: StateFolder?, _ invocation: Invocation) async throws -> SystemStatus {
        guard let state else { return .nothing }
        return try await AgentClient(state, on: invocation.loop).status() ?? .nothing
    }

    private static func print(_ status: SystemStatus, _ invocation: Invocation) throws {
        let terminal = invocation.terminal
        if invocation.command.has(.json) { return try terminal.write(status.json.pretty + "\n") }
        try terminal.write(lines(status, terminal).map { "\($0)\n" }.joined())
    }

    private static func lines(_ status: SystemStatus, _ terminal: Terminal) -> [String] {
        StatusView(status.parts).lines(now: .now(), width: terminal.width, inColor: terminal.allowsColor())
    }

    /// Once a second, until Ctrl-C; JSON is then a line each.
    private static func watch(_ state: StateFolder?, _ invocation: Invocation) async throws {
        let terminal = invocation.terminal
        let (isTerminal, isJSON) = (terminal.isTerminal(), invocation.command.has(.json))
        if isTerminal, !isJSON { try terminal.write(Repaint.opening) }
        while true {
            let status = try await ask(state, invocation)
            if isJSON {
                try terminal.write(status.json.compact + "\n")
            } else if isTerminal {
                try terminal.write(Repaint.frame(lines(status, terminal), height: terminal.height))
            } else {
                try terminal.write((lines(status, terminal) + [""]).map { "\($0)\n" }.joined())
            }
            try await invocation.loop.sleep(for: .seconds(1))
        }
    }
}

extension OptionDeclaration {
    /// Kept up to date.
    package static let watch = flag("watch", letter: "w", "Keep the view up to date until Ctrl-C")
}
