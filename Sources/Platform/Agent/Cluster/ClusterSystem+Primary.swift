import Basics
import Cluster
import Loop
import Postgres

extension ClusterSystem {
    private static let lookPause = Duration.milliseconds(50)

    /// The node that leads, as soon as it takes writes: one that was elected a moment ago may still replay its log.
    func writableLeader(within limit: Duration) async throws -> ClusterNode {
        let deadline = ContinuousClock.now + limit
        while true {
            let leader = try await leadership.leader(within: max(.zero, deadline - .now))
            if await takesWrites(leader) { return leader }
            guard ContinuousClock.now < deadline else {
                throw ParlorError(
                    .cluster, "\(leader.name) leads the cluster and takes no writes",
                    why: "it was asked for \(limit.brief)",
                    hint: "See what it wrote with \"./parlor logs \(leader.name)\".")
            }
            try await loop.sleep(for: Self.lookPause)
        }
    }

    /// Connections as the superuser: to a node of this machine through the socket that nobody else can reach.
    func superuser(of node: ClusterNode, to database: String = "postgres") -> ConnectionOptions {
        if let own = nodes.first(where: { $0.node == node }) { return own.superuser(to: database) }
        return ConnectionOptions(
            host: node.host, port: node.port, database: database, user: ClusterAccounts.superuser,
            password: accounts.superuser, sslMode: .verifyFull, applicationName: "parlor agent",
            connectTimeout: .seconds(5), parameters: ["sslrootcert": identities.files(for: "agent").authority])
    }

    /// A superuser's session on a node.
    func session(on node: ClusterNode, to database: String = "postgres") async throws -> PostgresSession {
        try await PostgresSession.connect(superuser(of: node, to: database), on: loop)
    }

    private func takesWrites(_ node: ClusterNode) async -> Bool {
        guard let session = try? await session(on: node) else { return false }
        defer { session.close() }
        let row = try? await session.query("SELECT pg_is_in_recovery()", within: .seconds(5)).only
        return (try? row?[0, as: Bool.self]) == false
    }
}
