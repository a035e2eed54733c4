import Basics
import Glibc
import Loop
import Processes

/// A walk through a runbook at a terminal. Each step is a process of its own, because a command of root's becomes the user of
/// the state folder for good.
struct RunbookSession {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() async throws {
        let command = invocation.command
        let name = command.arguments.first ?? ""
        guard let runbook = Runbook.all(isSolo: command.has(.solo)).first(where: { $0.name == name }) else {
            throw ParlorError(
                .usage, "there is no runbook \(name) that can be walked through",
                hint: "Its page, if there is one: ./parlor runbook show \(name). All of them: ./parlor runbook list.")
        }
        let answers = command.value(of: .moment).map { [Runbook.moment: $0] } ?? [:]
        try checkWhoAnswers(runbook, answers)
        let runner = RunbookRunner(
            say: { try invocation.terminal.write($0) }, ask: { question, _ in try ask(question) },
            confirm: { try invocation.confirm($0, refused: $1, why: $2) }, run: { try await start($0) })
        try await runner.walk(RunbookWalk(runbook, answers: answers))
        try invocation.terminal.write("\(name) is done\n")
    }

    /// Nobody should find out in the middle that a question cannot be asked.
    private func checkWhoAnswers(_ runbook: Runbook, _ answers: [String: String]) throws {
        guard !isWatched else { return }
        for step in runbook.steps {
            switch step.work {
            case .ask(let name) where answers[name] == nil:
                throw ParlorError(
                    .usage, "nobody can be asked here", why: "this is no terminal",
                    hint: "Give the answer with --\(name), and consent with --yes.")
            case .confirm(let refused, let why): try invocation.confirm("", refused: refused, why: why)
            default: break
            }
        }
    }

    private var isWatched: Bool { invocation.terminal.isTerminal() && isatty(STDIN_FILENO) == 1 }

    private func ask(_ question: String) throws -> String {
        while true {
            try invocation.terminal.write("\(question): ")
            guard let line = readLine(strippingNewline: true) else {
                throw ParlorError(.cancelled, "nothing was changed", why: "the question was not answered")
            }
            if line.contains(where: { $0 != " " }) { return line }
        }
    }

    /// Runs this program anew, with what this command line says of the configuration.
    private func start(_ words: [String]) async throws -> Int32 {
        let command = invocation.command
        var arguments = words
        if let file = command.value(of: .config) { arguments += ["--config", file] }
        arguments += command.values(of: .set).flatMap { ["--set", $0] }
        if command.has(.noColor) { arguments.append("--no-color") }
        if command.has(.debug) { arguments.append("--debug") }
        let program = Processes.Program(
            "/proc/self/exe", name: "parlor", arguments, environment: Workplace.environment, parentDeathSignal: SIGTERM)
        let child = try Child(
            starting: program, output: .descriptors(output: STDOUT_FILENO, error: STDERR_FILENO), on: invocation.loop)
        // Unstructured because a stream of signals has no end of its own; it is cancelled before this returns. The child
        // has left the terminal's session, so Ctrl-C does not reach it.
        let signals = Task(executorPreference: invocation.loop) {
            for await _ in invocation.loop.signals(SIGINT, SIGTERM) { child.signal(SIGTERM) }
        }
        defer { signals.cancel() }
        switch try await child.exitStatus() {
        case .exited(let status): return status
        case .signalled: return ErrorCode.cancelled.exitStatus
        }
    }
}
