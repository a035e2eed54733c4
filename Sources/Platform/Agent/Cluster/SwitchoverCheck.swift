import Basics
import Cluster

/// Decides whether a switchover may begin, and to whom: before anything is paused.
struct SwitchoverCheck: Equatable, Sendable {
    /// What was found out about the cluster.
    var status: ClusterStatus
    /// How long the oldest transaction on the primary has been open; nil when there is none.
    var oldestTransaction: Duration?
    /// What is free where the data lies.
    var free: ByteCount

    /// More than this a replica should not have to catch up while clients wait.
    static let lagMax = ByteCount.megabytes(16)
    /// A transaction that is open for longer would not end while clients wait.
    static let transactionMax = Duration.seconds(10)
    /// A promotion writes some segments of the log.
    static let freeMin = ByteCount.megabytes(100)

    /// The node to switch to: `wanted`, else the synchronous replica, else the one that lags least.
    func candidate(_ wanted: String?) throws(ParlorError) -> String {
        guard let leader = status.leader else {
            throw ParlorError(
                .cluster, "nobody leads the cluster, so nobody can hand over",
                hint:
                    "See what the nodes say with \"./parlor cluster status\"; \"./parlor cluster failover\" makes one lead."
            )
        }
        guard wanted != leader else {
            throw ParlorError(.cluster, "\(leader) leads already", hint: "Name another node, or none.")
        }
        let chosen = if let wanted { try named(wanted) } else { try best() }
        try check(chosen)
        return chosen.name
    }

    private func named(_ name: String) throws(ParlorError) -> ClusterStatus.Node {
        if let node = status.nodes.first(where: { $0.name == name }) { return node }
        throw ParlorError(
            .cluster, "there is no node \(name)", why: "there are \(status.nodes.map(\.name).joined(separator: ", "))",
            hint: "Name one of them.")
    }

    private func best() throws(ParlorError) -> ClusterStatus.Node {
        let replicas = status.nodes.filter { $0.name != status.leader && $0.isWell }
        let synchronous = replicas.filter { $0.role == .synchronous }
        guard status.durability == "asynchronous" || !synchronous.isEmpty || replicas.isEmpty else {
            throw ParlorError(
                .cluster, "no replica is synchronous at the moment",
                why: "only one that has everything that was acknowledged may take over",
                hint: "Wait until \"./parlor cluster status\" shows one; after a change that takes some seconds.")
        }
        let order = { (node: ClusterStatus.Node) in node.lagBytes ?? Int.max }
        if let node = (synchronous.isEmpty ? replicas : synchronous).min(by: { order($0) < order($1) }) { return node }
        throw ParlorError(
            .cluster, "no replica can take over", why: "none of them follows the primary",
            hint: "See what they say with \"./parlor cluster status\" and \"./parlor logs node1\".")
    }

    private func check(_ node: ClusterStatus.Node) throws(ParlorError) {
        guard node.isWell else {
            throw ParlorError(
                .cluster, "\(node.name) cannot take over", why: "it is \(node.state)",
                hint: "Wait until it follows the primary, or name another node.")
        }
        let isStrict = status.durability != "asynchronous"
        guard !isStrict || node.role == .synchronous else {
            throw ParlorError(
                .cluster, "\(node.name) cannot take over", why: "it is not the synchronous replica",
                hint: "Leave --to out; the synchronous replica has everything that was acknowledged.")
        }
        if let lag = node.lagBytes, lag > Self.lagMax.bytes {
            throw ParlorError(
                .cluster, "\(node.name) is \(ByteCount(lag)) behind",
                why: "clients would wait until it has caught up", hint: "Wait until it is less than \(Self.lagMax).")
        }
        if let oldestTransaction, oldestTransaction > Self.transactionMax {
            throw ParlorError(
                .cluster, "a transaction has been open for \(oldestTransaction.brief)",
                why: "a switchover would break it off", hint: "Wait until it has ended, or end it.")
        }
        guard free >= Self.freeMin else {
            throw ParlorError(
                .diskFull, "only \(free) are free where the data lies",
                why: "a promotion needs some segments of the log", hint: "Free some space, then try again.")
        }
    }
}
