import Basics
import Cluster
import Consensus
import Etcd
import Loop
import Telemetry

/// The seat of a member of etcd on a new machine that takes the place of one that is lost.
///
/// The others still count on what the lost member has voted for and written. A new one that took its seat with nothing
/// could help two leaders into office, so etcd lets it not: the lost one is counted out first and the new one counted in,
/// and it copies what the others have.
extension ClusterSystem {
    private static let askLimit = Duration.seconds(3)

    /// The member as it is to start. Where the cluster has not begun yet, or nobody answers, it begins with the others.
    func seated(_ etcd: EtcdServer) async throws -> EtcdServer {
        let others = layout.members.filter { $0.host != layout.host }
        guard !others.isEmpty, try etcd.isNew,
            let own = etcd.member.initialCluster.first(where: {
                $0.name == etcd.member.name
            })
        else { return etcd }
        var access = consensus
        access.endpoints = try others.map { member throws(ParlorError) in
            try EtcdAccess.endpoint(member.host, member.port)
        }
        let client = try EtcdClient(access.options, on: loop)
        defer { client.close() }
        guard await hasBegun(client) else { return etcd }
        for former in try await client.members(within: Self.askLimit)
        where former.name == own.name || former.peerAddresses.contains(own.address) {
            try await client.remove(member: former.identity, within: Self.askLimit)
        }
        try await client.add(memberAt: own.address, within: Self.askLimit)
        logger.info("news of the cluster", [.reason: "\(own.name) of etcd takes the place of one that is lost"])
        var seated = etcd
        seated.member.beginning = .existing
        return seated
    }

    /// Whether a cluster of PostgreSQL has begun that these members know of.
    private func hasBegun(_ client: EtcdClient) async -> Bool {
        let key = EtcdKey("\(ClusterView.folder(of: Self.scope))initialize")
        return (try? await client.get(key, within: Self.askLimit)) != nil
    }
}
