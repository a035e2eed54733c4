package import Agent
package import Basics
import Cluster

/// Decides whether a drill may begin: it shows what a cluster can do that is well, and breaks one that is not.
package struct DrillCheck: Equatable, Sendable {
    /// The cluster.
    package var status: ClusterStatus

    /// Looks at a cluster.
    package init(_ status: ClusterStatus) { self.status = status }

    /// Whether every node does what its role asks for, and a replica has everything that was acknowledged.
    package var isWhole: Bool { status.isWell && (isAsynchronous || hasSynchronousReplica) }

    private var isAsynchronous: Bool { status.durability == "asynchronous" }
    private var hasSynchronousReplica: Bool { status.nodes.contains { $0.role == .synchronous } }

    /// The node that leads; throws when a drill of such a kind must not begin.
    package func leader(for kinds: [Disturbance]) throws(ParlorError) -> ClusterStatus.Node {
        guard status.nodes.count > 1 else {
            throw ParlorError(
                .cluster, "the cluster has no replica", why: "nobody could take over",
                hint: "Set cluster.replicas to 1 or more, and start the system again.")
        }
        guard !isAsynchronous || kinds == [.switchover] else {
            throw ParlorError(
                .cluster, "the cluster acknowledges what no replica has",
                why: "with durability asynchronous, killing the primary could lose writes of anybody",
                hint: "Set cluster.durability to synchronous, or drill a switchover, which loses nothing.")
        }
        guard let name = status.leader, let leader = status.nodes.first(where: { $0.name == name }) else {
            throw ParlorError(
                .cluster, "nobody leads the cluster", hint: "See what the nodes say with \"./parlor cluster status\".")
        }
        guard isWhole else {
            throw ParlorError(
                .cluster, "the cluster is not well, so there is no drill", why: obstacle,
                hint: "Wait until \"./parlor cluster status\" shows every node as well, or see to what it shows.")
        }
        return leader
    }

    /// What keeps the cluster from being whole.
    package var obstacle: String? {
        let unwell = status.nodes.filter { !$0.isWell }.map { "\($0.name) is \($0.state)" }
        if !unwell.isEmpty { return unwell.joined(separator: ", ") }
        if status.isHeld { return "the poolers hold statements back" }
        if status.poolersLeadTo != status.leader { return "the poolers do not lead to the primary" }
        if !isAsynchronous, !hasSynchronousReplica { return "no replica is synchronous" }
        return nil
    }
}
