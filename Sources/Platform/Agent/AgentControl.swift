package import Basics
package import Configuration
import HTTP
package import Loop
package import Processes
package import State

/// What the agent answers on its socket, and what asks it: HTTP, so that `curl --unix-socket` serves in an emergency.
enum AgentControl {
    /// `GET /status` and `POST /stop`.
    static func router(_ supervisor: Supervisor) -> HTTPRouter {
        var router = HTTPRouter()
        router.get("/status", "Every part as it stands.") { _ in
            let parts = await supervisor.statusesWithMemory()
            return .json(SystemStatus(parts: parts, isHealthy: await supervisor.isHealthy).wire)
        }
        router.post("/stop", "Stop everything in order.") { _ in
            supervisor.stop()
            return .json(["stopping": true], status: .accepted)
        }
        return router
    }
}

/// The system as `status` shows it.
package struct SystemStatus: Equatable, Sendable {
    /// Every part, in the order of their start.
    package var parts: [PartStatus]
    /// Whether every part answers.
    package var isHealthy: Bool

    /// A system of which nothing runs.
    package static let nothing = SystemStatus(parts: [], isHealthy: false)

    /// A system.
    package init(parts: [PartStatus], isHealthy: Bool) {
        self.parts = parts
        self.isHealthy = isHealthy
    }

    /// The documented form of `status --json`.
    package var json: JSON { ["parts": .array(parts.map(\.json)), "healthy": .bool(isHealthy)] }

    /// The documented form, and with each part what is wrong with it.
    var wire: JSON {
        let parts = parts.map { part -> JSON in
            guard case .object(let members) = part.json else { return part.json }
            return .object(members + [JSON.Member("detail", .string(part.detail))])
        }
        return ["parts": .array(parts), "healthy": .bool(isHealthy)]
    }

    init(wire: JSON) throws(ParlorError) {
        let parts = wire["parts"]?.elements?.map { PartStatus(json: $0) }
        guard let parts, let isHealthy = wire["healthy"]?.boolean, !parts.contains(nil) else {
            throw AgentClient.unreadable
        }
        self.init(parts: parts.compactMap(\.self), isHealthy: isHealthy)
    }
}

/// Asks the agent of a state folder.
package struct AgentClient: Sendable {
    private let state: StateFolder
    private let loop: EventLoop
    private static let limit = Duration.seconds(5)

    /// A client on a loop.
    package init(_ state: StateFolder, on loop: EventLoop) {
        self.state = state
        self.loop = loop
    }

    /// The system as it stands; nil when no agent runs.
    package func status() async throws -> SystemStatus? {
        guard let response = try await whenRunning({ try await $0.get("/status", at: $1, within: Self.limit) }) else {
            return nil
        }
        return try SystemStatus(wire: try response.json())
    }

    /// Asks the agent to stop everything; false when no agent runs.
    package func stop() async throws -> Bool {
        let answer = try await whenRunning { try await $0.post("/stop", [:], at: $1, within: Self.limit) }
        guard let answer else { return false }
        guard answer.status == .accepted else { throw Self.unreadable }
        return true
    }

    // MARK: - The cluster

    private static let clusterLimit = Duration.seconds(15)
    static let changeLimit = Duration.seconds(900)

    /// The cluster as it stands; nil when no agent runs.
    package func cluster() async throws -> ClusterStatus? {
        let answer = try await whenRunning { try await $0.get("/cluster", at: $1, within: Self.clusterLimit) }
        guard let answer else { return nil }
        guard answer.status == .ok else { throw Self.noCluster }
        return try ClusterStatus(json: try answer.json())
    }

    /// Where everything of the cluster listens.
    package func addresses() async throws -> ClusterAddresses {
        let answer = try await whenRunning { try await $0.get("/cluster/addresses", at: $1, within: Self.limit) }
        guard let answer else {
            throw ParlorError(.notRunning, "nothing runs", hint: "Start it with \"./parlor up\".")
        }
        guard answer.status == .ok else { throw Self.noCluster }
        return try ClusterAddresses(json: try answer.json())
    }

    /// Makes another node lead; the best one unless it is named.
    package func switchOver(to node: String?) async throws -> SwitchoverResult {
        try SwitchoverResult(json: try await change("/cluster/switchover", ["to": node.map(JSON.string) ?? .null]))
    }

    /// What a failover would cost.
    package func forecast(to node: String?) async throws -> FailoverForecast {
        try FailoverForecast(json: try await change("/cluster/forecast", ["to": node.map(JSON.string) ?? .null]))
    }

    /// Makes a node lead though nobody does.
    package func failOver(to node: String) async throws -> SwitchoverResult {
        try SwitchoverResult(json: try await change("/cluster/failover", ["to": .string(node)]))
    }

    /// Has a replica copied again; says where what it had was set aside.
    package func rebuild(_ node: String) async throws -> String? {
        try await change("/cluster/rebuild", ["node": .string(node)])["aside"]?.text
    }

    /// A plan as the agent tells it.
    package struct PlanText: Equatable, Sendable {
        /// What is to be done, in order.
        package var steps: [String]
        /// The settings that differ.
        package var settings: [String]

        /// For people: a line each.
        package var lines: [String] {
            guard !steps.isEmpty else { return ["the cluster is as the configuration wants it"] }
            return settings.map { "setting  \($0)" } + steps.enumerated().map { "step \($0 + 1)   \($1)" }
        }

        /// The documented form.
        package var json: JSON {
            ["steps": .array(steps.map(JSON.string)), "settings": .array(settings.map(JSON.string))]
        }
    }

    /// What lies between the cluster and a configuration.
    package func topologyPlan(for wanted: Configuration) async throws -> PlanText {
        let json = try await change("/cluster/plan", Self.variables(of: wanted))
        guard let steps = json["steps"]?.elements, let settings = json["settings"]?.elements else {
            throw Self.unreadable
        }
        return PlanText(steps: steps.compactMap(\.text), settings: settings.compactMap(\.text))
    }

    /// Makes the cluster as a configuration wants it.
    package func apply(_ wanted: Configuration) async throws {
        _ = try await change("/cluster/apply", Self.variables(of: wanted))
    }

    static func variables(of configuration: Configuration) -> JSON {
        .object(configuration.environment().sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }

    /// Replaces certificates or passwords; says what was done, in order.
    package func rotate(_ subject: RotationSubject) async throws -> RotationResult {
        try RotationResult(json: try await change("/cluster/rotate", subject.json))
    }

    /// Has something done that takes its time; throws what the agent says went wrong.
    func change(_ path: String, _ body: JSON, within limit: Duration = changeLimit) async throws -> JSON {
        let answer = try await whenRunning(silentFor: limit) { try await $0.post(path, body, at: $1, within: limit) }
        guard let answer else {
            throw ParlorError(.notRunning, "nothing runs", hint: "Start it with \"./parlor up\".")
        }
        switch answer.status {
        case .ok: return try answer.json()
        case .conflict: throw ParlorError(wire: try answer.json())
        case .notFound: throw Self.noCluster
        default: throw Self.unreadable
        }
    }

    private static var noCluster: ParlorError {
        ParlorError(
            .cluster, "what runs is no cluster", why: "it was started with --solo, or its database is not Parlor's",
            hint: "Start a cluster with \"./parlor down\" and \"./parlor up\".")
    }

    /// What answers is no agent that this program knows.
    static var unreadable: ParlorError {
        ParlorError(
            .protocolViolation, "the agent's answer cannot be read",
            hint: "The agent may be of another version: restart it with \"./parlor down\" and \"./parlor up\".")
    }

    /// Asks; nil when no agent runs. A change answers when it is done, and is silent until then.
    func whenRunning(
        silentFor limit: Duration = changeLimit, _ ask: (HTTPClient, SocketAddress) async throws -> HTTPResponse
    ) async throws -> HTTPResponse? {
        var options = HTTPClientOptions()
        options.stallLimit = limit
        do {
            return try await ask(HTTPClient(on: loop, options), .path(state.agentSocket))
        } catch let error as ParlorError where error.code == .connection {
            // An agent that has just begun or just ended holds the folder without a socket; that is none to talk to.
            return nil
        }
    }
}
