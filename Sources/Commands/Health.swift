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
                Asks every part, and the service for what it depends on; and whether backups can be read, the last of
                them were good, and no more than five minutes of work are in no repository. Made for scripts and for other monitors:
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
        let agent = state.map { AgentClient($0, on: invocation.loop) }
        status = try await agent?.status()
        guard let status else {
            throw ParlorError(.notRunning, "nothing runs", hint: "Start it with \"./parlor up\".")
        }
        var report = HealthReport(of: status)
        // A service that is not ready cannot be asked what it depends on.
        for part in status.parts where part.kind == "service" && part.state == .ready {
            report.problems += await askService(part, workplace.configuration.api.host, invocation)
        }
        report.problems += try await agent?.backupProblems() ?? []
        let isJSON = invocation.command.has(.json)
        try invocation.terminal.write(isJSON ? report.json.pretty + "\n" : report.text)
        guard report.isHealthy else { throw AlreadySaid(.unhealthy) }
    }

    private static func askService(_ part: PartStatus, _ host: String, _ invocation: Invocation) async -> [String] {
        guard let port = part.port else { return [] }
        do {
            // One that listens everywhere is asked on the loopback.
            let host = ["0.0.0.0": "127.0.0.1", "::": "::1"][host] ?? host
            let address = SocketAddress.tcp(host: host, port: port)
            let response = try await HTTPClient(on: invocation.loop).get("/health", at: address, within: .seconds(5))
            return HealthReport.problems(of: part.name, answering: try response.json())
        } catch {
            return ["\(part.name) does not answer: \(ParlorError(describing: error).summary)"]
        }
    }
}

/// What `parlor health` says: everything that is not well, in the order of the parts.
struct HealthReport {
    var problems: [String]
    private let parts: [PartStatus]

    /// What the parts' own states tell.
    init(of status: SystemStatus) {
        parts = status.parts
        problems = parts.filter { $0.state != .ready }.map { part in
            "\(part.name) is \(part.state.words)" + (part.detail.map { ": \($0)" } ?? "")
        }
    }

    /// What a service's answer to `/health` says about the things that it depends on.
    static func problems(of service: String, answering json: JSON) -> [String] {
        guard case .object(let checks)? = json["checks"] else { return ["\(service) gave no health"] }
        return checks.compactMap { check in
            check.value["error"]?.text.map { "\(check.name) is unhealthy: \($0)" }
        }
    }

    var isHealthy: Bool { problems.isEmpty }

    /// For people.
    var text: String {
        guard !isHealthy else { return "all is well: \(StatusView(parts).summary)\n" }
        return problems.map { "\($0.printable)\n" }.joined()
    }

    /// The documented form of `health --json`.
    var json: JSON {
        [
            "healthy": .bool(isHealthy), "problems": .array(problems.map { .string($0) }),
            "parts": .array(parts.map(\.json)),
        ]
    }
}
