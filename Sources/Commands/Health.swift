import Agent
import Basics
import Configuration
import HTTP
import Loop
import Processes
import State

extension Command {
    /// `parlor health`.
    static let health = Command(
        CommandDeclaration(
            name: "health",
            group: .daily,
            summary: "Say whether all is well, and why when it is not",
            discussion: """
                Asks every part, and the service for what it depends on. Made for scripts and for other monitors:
                the exit status alone tells whether all is well.
                """,
            options: [.json],
            examples: [
                .init("parlor health", "Ask once"),
                .init("parlor health --json", "The same for a program"),
            ],
            success: "all is well",
            failures: [.unhealthy, .notRunning] + ErrorCode.stateFailures),
        work: { try await ask($0) })

    private static func ask(_ invocation: Invocation) async throws {
        let workplace = try Workplace(invocation)
        let state = try workplace.enterStateFolder()
        let status: SystemStatus?
        if let state { status = try await AgentClient(state, on: invocation.loop).status() } else { status = nil }
        guard let status else {
            throw ParlorError(.notRunning, "nothing runs", hint: "Start it with \"./parlor up\".")
        }
        var problems = status.parts.filter { $0.state != .ready }.map { part in
            "\(part.name) is \(part.state.words)" + (part.detail.map { ": \($0)" } ?? "")
        }
        // A service that is not ready cannot be asked what it depends on.
        for part in status.parts where part.kind == "service" && part.state == .ready {
            problems += await askService(part, workplace.configuration.api.host, invocation)
        }
        try tell(problems, status, invocation)
    }

    private static func askService(_ part: PartStatus, _ host: String, _ invocation: Invocation) async -> [String] {
        guard let port = part.port else { return [] }
        do {
            // One that listens everywhere is asked on the loopback.
            let host = ["0.0.0.0": "127.0.0.1", "::": "::1"][host] ?? host
            let address = SocketAddress.tcp(host: host, port: port)
            let response = try await HTTPClient(on: invocation.loop).get("/health", at: address, within: .seconds(5))
            guard case .object(let checks)? = try response.json()["checks"] else {
                return ["\(part.name) gave no health"]
            }
            return checks.compactMap { check in
                check.value["error"]?.text.map { "\(check.name) is unhealthy: \($0)" }
            }
        } catch {
            return ["\(part.name) does not answer: \(ParlorError(describing: error).summary)"]
        }
    }

    private static func tell(_ problems: [String], _ status: SystemStatus, _ invocation: Invocation) throws {
        let isHealthy = problems.isEmpty
        if invocation.command.has(.json) {
            let answer: JSON = [
                "healthy": .bool(isHealthy), "problems": .array(problems.map { .string($0) }),
                "parts": .array(status.parts.map(\.json)),
            ]
            try invocation.terminal.write(answer.pretty + "\n")
        } else if isHealthy {
            try invocation.terminal.write("all is well: \(StatusView(status.parts).summary)\n")
        } else {
            try invocation.terminal.write(problems.map { "\($0)\n" }.joined())
        }
        guard isHealthy else { throw AlreadySaid(.unhealthy) }
    }
}
