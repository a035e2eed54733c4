import Basics
import Cluster
import Consensus
import Etcd
import Loop
import Telemetry

/// The seat of a member of etcd on a new machine, which takes the place of one that is lost or is one more.
///
/// The others still count on what a lost member has voted for and written. A new one that took its seat with nothing
/// could help two leaders into office, so etcd lets it not: the lost one is counted out first and the new one counted in,
/// and it copies what the others have.
extension ClusterSystem {
    private static let askLimit = Duration.seconds(3)
    /// How long etcd may refuse, which changes its members one at a time, and only while they all know each other.
    private static let seatLimit = Duration.seconds(60)
    private static let seatPause = Duration.milliseconds(500)

    /// The member as it is to start. Where the cluster has not begun yet, or nobody answers, it begins with the others.
    func seated(_ etcd: EtcdServer) async throws -> EtcdServer {
        let others = layout.members.filter { $0.host != layout.host }
        guard !others.isEmpty, try etcd.isNew,
            let own = etcd.member.initialCluster.first(where: { $0.name == etcd.member.name })
        else { return etcd }
        var access = consensus
        access.endpoints = try others.map { member throws(ParlorError) in
            try EtcdAccess.endpoint(member.host, member.port)
        }
        let client = try EtcdClient(access.options, on: loop)
        defer { client.close() }
        guard await hasBegun(client) else { return etcd }
        let addresses = try await takeSeat(own, client)
        logger.info("news of the cluster", [.reason: "\(own.name) of etcd takes a seat in a cluster that has begun"])
        var seated = etcd
        seated.member.beginning = .existing
        // etcd wants to be told of those alone that are counted in: where hosts were added, others may still have to be.
        seated.member.initialCluster.removeAll { !addresses.contains($0.address) }
        return seated
    }

    /// Tells the members where this machine's is reached, once: one that began on a machine alone was known at the
    /// loopback, where no other host finds it.
    func correctSeat() async {
        guard !layout.otherAgents.isEmpty, let member = etcd?.member,
            let own = member.initialCluster.first(where: { $0.name == member.name }),
            let client = try? EtcdClient(consensus.options, on: loop)
        else { return }
        defer { client.close() }
        while !Task.isCancelled {
            do {
                let found = try await client.members(within: Self.askLimit).first { $0.name == own.name }
                guard let found, found.peerAddresses != [own.address] else { return }
                try await client.move(member: found.identity, to: own.address, within: Self.askLimit)
                logger.info("news of the cluster", [.reason: "\(own.name) of etcd is reached at \(own.host) now"])
                return
            } catch { try? await loop.sleep(for: Self.seatPause) }
        }
    }

    /// Whether a cluster of PostgreSQL has begun that these members know of.
    private func hasBegun(_ client: EtcdClient) async -> Bool {
        let key = EtcdKey("\(ClusterView.folder(of: Self.scope))initialize")
        return (try? await client.get(key, within: Self.askLimit)) != nil
    }

    /// Has the others count the member in; says at which addresses all members are then.
    private func takeSeat(_ own: EtcdMember.Peer, _ client: EtcdClient) async throws -> Set<String> {
        let deadline = ContinuousClock.now + Self.seatLimit
        while true {
            do {
                for former in try await client.members(within: Self.askLimit)
                where former.name == own.name || former.peerAddresses.contains(own.address) {
                    try await client.remove(member: former.identity, within: Self.askLimit)
                }
                try await client.add(memberAt: own.address, within: Self.askLimit)
                return Set(try await client.members(within: Self.askLimit).flatMap(\.peerAddresses))
            } catch let error as EtcdError {
                guard ContinuousClock.now < deadline else {
                    throw ParlorError(
                        .cluster, "\(own.name) of etcd is not let in by the others", why: error.description,
                        hint: "Start the hosts whose etcd is down, then this one again.")
                }
            }
            try await loop.sleep(for: Self.seatPause)
        }
    }
}
