import Basics
import Configuration
import HTTP

/// What the agent answers about its cluster.
extension ClusterSystem {
    func addRoutes(to router: inout HTTPRouter) {
        backups.addRoutes(to: &router)
        router.get("/cluster", "The cluster as it stands.") { _ in .json(await self.status().json) }
        router.get("/cluster/addresses", "Where everything listens.") { _ in .json(self.addresses.json) }
        router.post("/cluster/switchover", "Make another node lead, without an error for anybody.") { request in
            await Self.answer { try await self.switchOver(to: try request.json()["to"]?.text).json }
        }
        router.post("/cluster/forecast", "What a failover would cost.") { request in
            await Self.answer { try await self.forecast(to: try request.json()["to"]?.text).json }
        }
        router.post("/cluster/failover", "Make a node lead though nobody does.") { request in
            await Self.answer {
                guard let name = try request.json()["to"]?.text else {
                    throw ParlorError(.usage, "a failover needs the name of a node", hint: "Name it.")
                }
                return try await self.failOver(to: name).json
            }
        }
        router.post("/cluster/plan", "What lies between the cluster and a configuration.") { request in
            await Self.answer { try await self.topologyPlan(for: try Self.configuration(request)).text.json }
        }
        router.post("/cluster/apply", "Make the cluster as a configuration wants it.") { request in
            await Self.answer { try await self.apply(try Self.configuration(request)).text.json }
        }
        router.post("/cluster/rotate", "Replace certificates or passwords under load.") { request in
            await Self.answer { try await self.rotate(RotationSubject(json: try request.json())).json }
        }
        router.post("/cluster/rebuild", "Copy a replica from the primary again.") { request in
            await Self.answer {
                guard let name = try request.json()["node"]?.text else {
                    throw ParlorError(.usage, "a rebuild needs the name of a node", hint: "Name it.")
                }
                return ["aside": try await self.rebuild(name).map(JSON.string) ?? .null]
            }
        }
    }

    /// The configuration that a command has read: as variables, like every child gets it.
    static func configuration(_ request: HTTPRequest) throws -> Configuration {
        let json = try request.json()
        guard case .object(let members) = json["configuration"] ?? json else { throw AgentClient.unreadable }
        let variables = members.compactMap { member in member.value.text.map { (member.name, $0) } }
        return try LoadedConfiguration.load(
            environment: Dictionary(variables) { $1 }, overrides: []
        ).configuration
    }

    static func answer(_ work: () async throws -> JSON) async -> HTTPResponse {
        do { return .json(try await work()) } catch {
            return .json(ParlorError(describing: error).wire, status: .conflict)
        }
    }
}

/// An error on its way from the agent to the command that asked.
extension ParlorError {
    var wire: JSON {
        [
            "code": .string(code.name), "what": .string(what), "why": why.map(JSON.string) ?? .null,
            "hint": hint.map(JSON.string) ?? .null,
        ]
    }

    init(wire: JSON) {
        let code = ErrorCode.all.first { $0.name == wire["code"]?.text }
        guard let code, let what = wire["what"]?.text else {
            self = AgentClient.unreadable
            return
        }
        self.init(code, what, why: wire["why"]?.text, hint: wire["hint"]?.text)
    }
}
