package import Basics
import Cluster
import Consensus
import Etcd
import Loop
import Postgres
import State

/// What a failover by hand would do, in figures: what one decides by.
package struct FailoverForecast: Equatable, Sendable {
    /// The node that would lead.
    package var candidate: String
    /// How many bytes of the log it lacks of what the last primary is known to have written; nil when nobody knows.
    package var missing: Int?

    /// As JSON.
    package var json: JSON {
        ["candidate": .string(candidate), "missing_bytes": missing.map(JSON.integer) ?? .null]
    }

    /// Reads what `json` wrote.
    package init(json: JSON) throws(ParlorError) {
        guard let candidate = json["candidate"]?.text else { throw AgentClient.unreadable }
        self.init(candidate: candidate, missing: json["missing_bytes"]?.int)
    }

    init(candidate: String, missing: Int?) {
        self.candidate = candidate
        self.missing = missing
    }
}

extension ClusterSystem {
    /// What a failover would cost; throws when there is nothing to fail over, or nobody to lead.
    func forecast(to wanted: String?) async throws -> FailoverForecast {
        if let leader = leadership.leader {
            throw ParlorError(
                .cluster, "\(leader.name) leads the cluster", why: "a failover is for a cluster that nobody leads",
                hint: "Use \"./parlor cluster switchover\", which loses nothing.")
        }
        var found: [(node: ClusterNode, position: Int)] = []
        for node in leadership.nodes where wanted == nil || node.name == wanted {
            guard let state = try? await patroni.state(of: node), let position = state.position else { continue }
            found.append((node, position))
        }
        guard let best = found.max(by: { $0.position < $1.position }) else {
            throw ParlorError(
                .cluster, wanted.map { "\($0) cannot lead" } ?? "no node can lead",
                why: "PostgreSQL does not run there, or it is no node of this cluster",
                hint: "See what the nodes say with \"./parlor cluster status\".")
        }
        let client = try EtcdClient(consensus.options, on: loop)
        defer { client.close() }
        let written = try await ClusterView.lastPosition(of: Self.scope, client)
        return FailoverForecast(candidate: best.node.name, missing: written.map { max(0, $0 - best.position) })
    }

    /// Makes a node lead though it may lack what was acknowledged.
    func failOver(to name: String) async throws -> SwitchoverResult {
        guard let candidate = leadership.nodes.first(where: { $0.name == name }) else {
            throw ParlorError(.cluster, "there is no node \(name)", hint: "See \"./parlor cluster status\".")
        }
        let start = ContinuousClock.now
        try await patroni.failOver(to: candidate)
        _ = try await leadership.leader(within: .seconds(30))
        return SwitchoverResult(from: nil, to: name, stall: start.duration(to: .now))
    }

    /// Has a replica copied from the primary again; what it has is set aside, and its place is the answer.
    func rebuild(_ name: String) async throws -> String? {
        let node = leadership.nodes.first { $0.name == name }
        if let agent = node.flatMap(otherAgent) {
            let answer = try await forward("/host/rebuild", ["node": .string(name)], to: agent)
            return answer["aside"]?.text.map { "\(agent.name):\($0)" }
        }
        guard let index = nodes.firstIndex(where: { $0.node.name == name }) else {
            throw ParlorError(
                .cluster, "there is no node \(name)",
                why: "there are \(leadership.nodes.map(\.name).joined(separator: ", "))", hint: "Name one of them.")
        }
        guard let leader = leadership.leader else {
            throw ParlorError(
                .cluster, "nobody leads the cluster, so there is nobody to copy from",
                hint: "See \"./parlor cluster status\".")
        }
        guard leader.name != name else {
            throw ParlorError(
                .cluster, "\(name) leads the cluster", why: "its data is what the others are copied from",
                hint: "Make another node lead with \"./parlor cluster switchover\", then try again.")
        }
        let session = try await session(on: leader)
        defer { session.close() }
        let size = try await session.query("SELECT sum(pg_database_size(oid))::int8 FROM pg_database").only
        let (needed, free) = (ByteCount(try size[0, as: Int.self]), try Files.freeSpace(at: state.postgres))
        guard free > needed else {
            throw ParlorError(
                .diskFull, "there is no room for a copy of \(needed)", why: "\(free) are free",
                hint: "Free some space on the file system that holds \(state.postgres).")
        }
        return try await replaceData(of: index)
    }
}
