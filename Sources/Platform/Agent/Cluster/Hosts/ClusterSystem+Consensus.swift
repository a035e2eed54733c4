import Basics
import Cluster
import Consensus
import Etcd
import Loop
import Telemetry

/// Keeps the leader of etcd away from the host of the primary.
///
/// When both are lost at once, etcd has to elect a leader before anything else, and the new one lets every lease begin
/// anew, the lost primary's too: others wait for it up to three seconds longer.
extension ClusterSystem {
    private static let lookPause = Duration.seconds(2)
    private static let askLimit = Duration.seconds(1)

    /// Does so until its task is cancelled, whenever both are here.
    func keepConsensusApart() async {
        guard layout.members.count > 1, let own = layout.ownMember else { return }
        guard let client = try? EtcdClient(consensus.options, on: loop) else { return }
        defer { client.close() }
        while (try? await loop.sleep(for: Self.lookPause)) != nil {
            guard leadership.leader?.host == layout.host else { continue }
            // What fails is tried again.
            if let name = try? await handOverConsensus(from: own, client) {
                logger.info("news of the cluster", [.reason: "etcd is led by \(name), away from the primary"])
            }
        }
    }

    /// The name of the member that leads then; nil when this machine's does not lead, or nobody else can.
    private func handOverConsensus(from own: ClusterLayout.Member, _ client: EtcdClient) async throws -> String? {
        let here = try EtcdAccess.endpoint(own.host, own.port)
        guard try await client.status(at: here, within: Self.askLimit).isLeader else { return nil }
        var best: (name: String, status: EtcdStatus)?
        for member in layout.members where member != own {
            let place = try EtcdAccess.endpoint(member.host, member.port)
            guard let status = try? await client.status(at: place, within: Self.askLimit) else { continue }
            if status.logIndex > best?.status.logIndex ?? 0 { best = (member.name, status) }
        }
        guard let best else { return nil }
        try await client.handOver(to: best.status.header.member, at: here)
        return best.name
    }
}
