package import Basics
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

    /// What answers is no agent that this program knows.
    static var unreadable: ParlorError {
        ParlorError(
            .protocolViolation, "the agent's answer cannot be read",
            hint: "The agent may be of another version: restart it with \"./parlor down\" and \"./parlor up\".")
    }

    private func whenRunning(
        _ ask: (HTTPClient, SocketAddress) async throws -> HTTPResponse
    ) async throws -> HTTPResponse? {
        do {
            return try await ask(HTTPClient(on: loop), .path(state.agentSocket))
        } catch let error as ParlorError where error.code == .connection {
            // An agent that has just begun or just ended holds the folder without a socket; that is none to talk to.
            return nil
        }
    }
}
