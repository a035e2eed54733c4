import Basics
import Cluster
import Loop
import Postgres

extension ClusterSystem {
    private static let lookPause = Duration.milliseconds(50)

    /// The node that leads, as soon as it takes writes: one that was elected a moment ago may still replay its log.
    func writableLeader(within limit: Duration) async throws -> PatroniNode? {
        let deadline = ContinuousClock.now + limit
        while true {
            let leader = try await leadership.leader(within: max(.zero, deadline - .now))
            guard let node = nodes.first(where: { $0.node == leader }) else { return nil }
            if await takesWrites(node) { return node }
            guard ContinuousClock.now < deadline else {
                throw ParlorError(
                    .cluster, "\(leader.name) leads the cluster and takes no writes",
                    why: "it was asked for \(limit.brief)",
                    hint: "See what it wrote with \"./parlor logs \(leader.name)\".")
            }
            try await loop.sleep(for: Self.lookPause)
        }
    }

    private func takesWrites(_ node: PatroniNode) async -> Bool {
        guard let session = try? await PostgresSession.connect(node.superuser(), on: loop) else { return false }
        defer { session.close() }
        let row = try? await session.query("SELECT pg_is_in_recovery()", within: .seconds(5)).only
        return (try? row?[0, as: Bool.self]) == false
    }
}
