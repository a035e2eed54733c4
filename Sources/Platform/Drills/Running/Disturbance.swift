/// What a drill does to the primary.
package enum Disturbance: String, Sendable, CaseIterable {
    /// Its postmaster is killed, and nothing else of it.
    case postmaster
    /// All of its processes are killed at the same moment: Patroni, the postmaster and its children.
    case node
    /// It hands over in order.
    case switchover

    /// What happened to a node, like `the postmaster of node1 was killed`.
    package func words(on node: String) -> String {
        switch self {
        case .postmaster: "the postmaster of \(node) was killed"
        case .node: "all of \(node) was killed"
        case .switchover: "\(node) handed over"
        }
    }
}
