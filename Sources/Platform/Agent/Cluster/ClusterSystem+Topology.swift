import Basics
import Cluster
import Configuration
import Loop
import Pooling
import Postgres
import Processes
import State
import Trust

/// Making a running cluster as a configuration wants it, step by step. A step that fails leaves what was done; the next
/// plan begins from there.
extension ClusterSystem {
    private static let settleLimit = Duration.seconds(30)
    private static let wellLimit = Duration.seconds(180)
    private static let look = Duration.milliseconds(200)

    /// What lies between the cluster and a configuration.
    func topologyPlan(for wanted: Configuration) async throws -> TopologyPlan {
        let leader = try await leadership.leader(within: .seconds(5))
        let (agreement, settings) = wish(wanted)
        let found = try await patroni.agreement(seenBy: leader)
        return TopologyPlan(
            nodes: leadership.nodes.map(\.name), leader: leader.name, replicas: wanted.cluster.replicas,
            disagreements: agreement.json.members(otherThanIn: found, under: []),
            difference: try await difference(to: settings, on: leader))
    }

    /// Carries the plan out and says what was done.
    func apply(_ wanted: Configuration) async throws -> TopologyPlan {
        let plan = try await topologyPlan(for: wanted)
        for step in plan.steps { try await perform(step, wanted) }
        self.plan.configuration.cluster = wanted.cluster
        return plan
    }

    /// What all nodes should agree on, and each node's settings, as a configuration wants them.
    private func wish(_ wanted: Configuration) -> (PatroniSettings, ServerSettings) {
        let settings = layout.settings(wanted, installation, holding: state.postgres)
        let agreement = PatroniSettings(
            profile: wanted.cluster.profile, durability: wanted.cluster.durability, nodes: wanted.cluster.replicas + 1,
            parameters: settings.parameters(keptBy: .cluster))
        return (agreement, settings)
    }

    private func difference(to settings: ServerSettings, on node: ClusterNode) async throws -> SettingsDifference {
        let session = try await session(on: node)
        defer { session.close() }
        let running = try await session.query(RunningSetting.query).map { row in
            let (name, value, unit, kind, context, isPending) = try row.values(
                as: String.self, String?.self, String?.self, String.self, String.self, Bool.self)
            return RunningSetting(
                name, value ?? "", unit: unit, kind: kind, context: context, isRestartPending: isPending)
        }
        // What Patroni decides itself is none of ours.
        return SettingsDifference(from: running, to: settings.all.filter { $0.keeper != .patroni })
    }

    private func perform(_ step: TopologyPlan.Step, _ wanted: Configuration) async throws {
        switch step {
        case .agree:
            let leader = try await leadership.leader(within: .seconds(5))
            try await patroni.change(wish(wanted).0.json, through: leader)
        case .settings(let step): try await perform(step, wanted)
        case .add(let name): try await add(name, wanted)
        case .handOver: _ = try await switchOverWhenPossible()
        case .remove(let name): try await remove(name)
        }
    }

    // MARK: - Settings

    private func perform(_ step: SettingsRollout.Step, _ wanted: Configuration) async throws {
        let leader = try await leadership.leader(within: .seconds(5))
        switch step {
        case .reload:
            try await adopt(wanted)
            try await forwardToAll("/host/adopt", AgentClient.variables(of: wanted))
            let settings = wish(wanted).1
            try await settle("PostgreSQL has not read its settings again", within: Self.settleLimit) {
                try await self.difference(to: settings, on: leader).items.allSatisfy { $0.isPending }
            }
        case .restartReplicas:
            for node in leadership.nodes where node != leader { try await restart(node) }
        case .switchOver:
            former = leader.name
            _ = try await switchOverWhenPossible()
        case .restartFormerPrimary:
            if let node = leadership.nodes.first(where: { $0.name == former }) { try await restart(node) }
        case .restartPrimary: try await restartPrimary(leader)
        case .awaitReplay: try await settleWell()
        }
    }

    private func restart(_ node: ClusterNode) async throws {
        try await settleWell()
        try await patroni.restart(node)
        try await settleWell()
    }

    private func restartPrimary(_ leader: ClusterNode) async throws {
        let patroni = self.patroni
        try await withEverybodyHeld(within: Self.settleLimit, quietWithin: .seconds(5)) { _ in
            try await patroni.restart(leader)
        }
        try await settleWell()
    }

    /// A replica that has just followed is not synchronous yet.
    private func switchOverWhenPossible() async throws -> SwitchoverResult {
        let leader = leadership.leader
        try await settle("no replica is ready to take over", within: Self.settleLimit) {
            (try? self.check(await self.status(), nil).candidate(nil)) != nil
        }
        guard leadership.leader == leader else {
            throw ParlorError(
                .cluster, "another node has taken over meanwhile", hint: "Run \"./parlor cluster apply\" again.")
        }
        return try await switchOver(to: nil)
    }

    private func settleWell() async throws {
        try await settle("a node is not well", within: Self.wellLimit) { await self.status().isWell }
    }

    private func settle(_ what: String, within limit: Duration, _ isSo: () async throws -> Bool) async throws {
        try await wait(
            within: limit, lookingEvery: Self.look,
            otherwise: ParlorError(
                .cluster, what, why: "it was waited for \(limit.brief)",
                hint: "See \"./parlor cluster status\"; \"./parlor cluster apply\" goes on with what is left."),
            until: isSo)
    }

    // MARK: - Nodes

    /// Makes a replica where it belongs.
    private func add(_ name: String, _ wanted: Configuration) async throws {
        let place = try place(of: name, wanted)
        guard let agent = otherAgent(of: place) else { return try await addReplica(name, for: wanted) }
        _ = try await forward(
            "/host/add", ["node": .string(name), "configuration": AgentClient.variables(of: wanted)], to: agent)
    }

    /// Takes a replica out, wherever it is.
    private func remove(_ name: String) async throws {
        guard leadership.leader?.name != name, let node = leadership.nodes.first(where: { $0.name == name }) else {
            throw ParlorError(
                .cluster, "\(name) leads the cluster", hint: "Run \"./parlor cluster apply\" again.")
        }
        let owner = otherAgent(of: node)
        if let owner { _ = try await forward("/host/remove", ["node": .string(name)], to: owner) }
        try await forget(name)
        // The others only stop to speak of it, and one that is not there learns of it at its next start.
        for agent in layout.otherAgents where agent != owner {
            _ = try? await forward("/host/remove", ["node": .string(name)], to: agent)
        }
    }

    /// Makes a replica on this machine.
    func addReplica(_ name: String, for wanted: Configuration) async throws {
        guard !places.hasData(name) else {
            throw ParlorError(
                .stateFolder, "there is data of a former \(name) in \(state.postgres)",
                hint: "Move the folder \(name) out of there, then run \"./parlor cluster apply\" again.")
        }
        let node = try place(of: name, wanted)
        try store.ensure([layout.certifiedPart(node)])
        guard let identities = try store.current() else { return }
        layout.nodes.append(node)
        let (agreement, settings) = wish(wanted)
        let member = makeNode(node, identities, agreement, settings)
        let nodeGuard = makeGuard(member)
        nodes.append(member)
        guards.append(nodeGuard)
        leadership.add(node)
        leadership.tell(nodeGuard)
        await supervisor?.add(try supervised(member, nodeGuard))
        begin.yield(nodeGuard)
    }

    /// Where a new node is: where it is derived to be, on one machine at the next ports that are free.
    private func place(of name: String, _ wanted: Configuration) throws(ParlorError) -> ClusterNode {
        guard var node = layout.place(of: name, wanted) else {
            throw ParlorError(
                .cluster, "\(name) is no name of a node", hint: "Nodes are called node1, node2 and so on.")
        }
        guard layout.agents.isEmpty else { return node }
        node.port = try freePort(at: node.host, from: node.port)
        node.managementPort = try freePort(at: node.host, from: node.managementPort)
        return node
    }

    private func freePort(at host: String, from first: Int) throws(ParlorError) -> Int {
        for port in first...min(65_535, first + 100) where try Agent.isFree(host, port, on: loop) { return port }
        throw ParlorError(.portTaken, "no port is free for another node", why: "\(first) and above are taken")
    }

    /// Gives the nodes of this machine the settings of a configuration.
    func adopt(_ wanted: Configuration) async throws {
        let (agreement, settings) = wish(wanted)
        for index in nodes.indices {
            nodes[index].configuration.parameters = settings.parameters(keptBy: .server)
            nodes[index].configuration.settings = agreement
            try nodes[index].prepare()
            try await patroni.reload(nodes[index].node)
        }
        plan.configuration.cluster = wanted.cluster
    }

    /// Ends a node where it runs, sets its data aside, and counts it out.
    func forget(_ name: String) async throws {
        if let index = nodes.firstIndex(where: { $0.node.name == name }) {
            await supervisor?.retire(name)
            let folders = nodes[index].configuration.folders
            try await Leftovers.kill(name, of: state.path, workingIn: folders.data, within: .seconds(10), on: loop)
            guards.remove(at: index).stop()
            nodes.remove(at: index)
            try Files.move(folders.files, to: "\(folders.files).aside-\(Timestamp.now().rfc3339Seconds)")
        }
        layout.nodes.removeAll { $0.name == name }
        leadership.remove(name)
    }
}

extension JSON {
    /// The names of members whose values another tree does not have, with those that they stand under.
    fileprivate func members(otherThanIn other: JSON, under path: [String]) -> [String] {
        guard case .object(let members) = self else { return [] }
        return members.flatMap { member -> [String] in
            let place = path + [member.name]
            if case .object = member.value {
                return member.value.members(otherThanIn: other[member.name] ?? .object([]), under: place)
            }
            return other[member.name] == member.value ? [] : [place.joined(separator: ".")]
        }
    }
}
