import Basics
import Cluster
import Configuration
import HTTP
import Loop
import Pooling
import Telemetry

/// What the agents of several hosts do for each other. A command is typed on any host; what only one host can do is
/// done there.
extension ClusterSystem {
    private static let helloLimit = Duration.seconds(2)
    private static let forwardLimit = Duration.seconds(890)

    /// Answers the other agents until its task is cancelled.
    func serveOthers() async {
        guard let own = layout.ownAgent, let line else { return }
        do {
            let router = routesForOthers
            let server = try HTTPServer(
                at: .tcp(host: own.host, port: own.port), on: loop, secure: { try await line.accept($0) }
            ) { await router.respond(to: $0) }
            try await server.run()
        } catch is CancellationError {
        } catch {
            logger.warning("the agents of other hosts are not answered", error: error)
        }
    }

    private var routesForOthers: HTTPRouter {
        var router = HTTPRouter()
        router.post("/host/hello", "Whether this agent is there.") { _ in .json(["here": true]) }
        router.post("/host/ready", "Whether every part of this host is ready.") { _ in
            await Self.answer {
                try await self.checkReady()
                return [:]
            }
        }
        router.post("/host/hold", "Hold statements back.") { request in
            await Self.answer {
                let json = try request.json()
                guard let name = json["name"]?.text, let limit = json["quiet_ms"]?.int,
                    let extent = json["extent"]?.text.flatMap(HostHolds.Extent.init(rawValue:))
                else { throw AgentClient.unreadable }
                let isQuiet = try await self.holds.hold(
                    name, extent, leading: self.turn.current.leader, quietWithin: .milliseconds(limit))
                return ["quiet": .bool(isQuiet)]
            }
        }
        router.post("/host/release", "Let statements go on.") { request in
            await Self.answer {
                guard let name = try request.json()["name"]?.text else { throw AgentClient.unreadable }
                await self.holds.release(name)
                return [:]
            }
        }
        router.post("/host/switchover", "Hand over from a node of this host.") { request in
            await Self.answer { try await self.handOver(to: try request.json()["to"]?.text).json }
        }
        router.post("/host/rebuild", "Copy a replica of this host again.") { request in
            await Self.answer {
                guard let name = try request.json()["node"]?.text else { throw AgentClient.unreadable }
                return ["aside": try await self.rebuild(name).map(JSON.string) ?? .null]
            }
        }
        router.post("/host/adopt", "Give the nodes of this host other settings.") { request in
            await Self.answer {
                try await self.adopt(try Self.configuration(request))
                return [:]
            }
        }
        router.post("/host/add", "Make a replica on this host.") { request in
            await Self.answer {
                guard let name = try request.json()["node"]?.text else { throw AgentClient.unreadable }
                try await self.addReplica(name, for: try Self.configuration(request))
                return [:]
            }
        }
        router.post("/host/remove", "Take a replica out.") { request in
            await Self.answer {
                guard let name = try request.json()["node"]?.text else { throw AgentClient.unreadable }
                try await self.forget(name)
                return [:]
            }
        }
        addRotationRoutes(to: &router)
        return router
    }

    // MARK: - Asking

    /// The agent of the host that a node is on; nil when that is this one.
    func otherAgent(of node: ClusterNode) -> ClusterLayout.AgentPlace? {
        layout.otherAgents.first { $0.host == node.host }
    }

    /// Asks one that has to do something.
    func forward(_ path: String, _ body: JSON = [:], to agent: ClusterLayout.AgentPlace) async throws -> JSON {
        guard let line else { throw ParlorError(.cluster, "this machine has no other hosts") }
        return try await line.ask(agent, path, body, within: Self.forwardLimit)
    }

    /// Asks every other host, one after the other.
    func forwardToAll(_ path: String, _ body: JSON = [:]) async throws {
        for agent in layout.otherAgents { _ = try await forward(path, body, to: agent) }
    }

    /// The agents that answer now.
    private func present() async -> [ClusterLayout.AgentPlace] {
        guard let line else { return [] }
        return await withTaskGroup(of: ClusterLayout.AgentPlace?.self) { group in
            for agent in layout.otherAgents {
                group.addTask(executorPreference: self.loop) {
                    (try? await line.ask(agent, "/host/hello", within: Self.helloLimit)) == nil ? nil : agent
                }
            }
            return await group.reduce(into: []) { found, agent in if let agent { found.append(agent) } }
        }
    }

    // MARK: - Holding everybody back

    /// Runs `body` while the poolers of every host that can be asked let no statement through; it learns whether all
    /// open transactions have ended. Whatever happens, they go on: here at the end, elsewhere when they have turned, are
    /// told, or after `HostHolds.limit`.
    func withEverybodyHeld<Result: Sendable>(
        within limit: Duration, quietWithin quietLimit: Duration,
        _ body: @escaping @Sendable (_ isQuiet: Bool) async throws -> Result
    ) async throws -> Result {
        let pooler = poolers[0]
        // Who does not answer must not be waited for while others are held back.
        let others = await present()
        for agent in layout.otherAgents where !others.contains(agent) {
            logger.warning("clients of a host are not held back", [.reason: "\(agent.name) does not answer"])
        }
        let name = RandomIdentifier.hex(bytes: 8)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(
                try await pooler.pauses.paused(
                    pooler.configuration.databases.map(\.alias), within: limit, quietWithin: quietLimit
                ) { own in
                    let areQuiet = try await self.hold(others, name, .transactions, quietWithin: quietLimit)
                    return try await body(own == .quiet && areQuiet)
                })
        } catch { outcome = .failure(error) }
        release(others, name)
        return try outcome.get()
    }

    /// Has other hosts hold back at the same time; says whether all open transactions have ended.
    func hold(
        _ agents: [ClusterLayout.AgentPlace], _ name: String, _ extent: HostHolds.Extent, quietWithin limit: Duration
    ) async throws -> Bool {
        guard let line, !agents.isEmpty else { return true }
        let body: JSON = [
            "name": .string(name), "extent": .string(extent.rawValue),
            "quiet_ms": .integer(Int(limit / .milliseconds(1))),
        ]
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            for agent in agents {
                group.addTask(executorPreference: self.loop) {
                    let answer = try await line.ask(agent, "/host/hold", body, within: HostHolds.limit)
                    return answer["quiet"]?.boolean == true
                }
            }
            return try await group.reduce(true) { $0 && $1 }
        }
    }

    /// Nobody waits for it: the hosts that have turned go on already.
    func release(_ agents: [ClusterLayout.AgentPlace], _ name: String) {
        guard let line else { return }
        for agent in agents {
            // Unstructured because the conductor may have been cancelled.
            Task(executorPreference: loop) {
                _ = try? await line.ask(agent, "/host/release", ["name": .string(name)], within: Self.helloLimit)
            }
        }
    }
}
