package import Basics
import Cluster
import Etcd
import Loop
import Pooling
import Postgres
import State
import Telemetry

/// How a switchover or failover came out.
package struct SwitchoverResult: Equatable, Sendable {
    /// Who led.
    package var from: String?
    /// Who leads.
    package var to: String
    /// How long statements were held back.
    package var stall: Duration

    /// As JSON.
    package var json: JSON {
        [
            "from": from.map(JSON.string) ?? .null, "to": .string(to),
            "stall_ms": .integer(Int(stall / .milliseconds(1))),
        ]
    }

    /// Reads what `json` wrote.
    package init(json: JSON) throws(ParlorError) {
        guard let to = json["to"]?.text, let stall = json["stall_ms"]?.int else { throw AgentClient.unreadable }
        self.init(from: json["from"]?.text, to: to, stall: .milliseconds(stall))
    }

    init(from: String?, to: String, stall: Duration) {
        self.from = from
        self.to = to
        self.stall = stall
    }
}

extension ClusterSystem {
    private static let switchLimit = Duration.seconds(30)
    private static let quietLimit = Duration.seconds(2)
    private static let receiveLimit = Duration.seconds(1)
    private static let receivePause = Duration.milliseconds(10)
    private static let checkpointLimit = Duration.seconds(120)

    /// Makes another node the primary without an error for anybody who comes through the pooler.
    ///
    /// What takes long happens before anybody waits: the checks, and a checkpoint, so that the primary's own at its end is
    /// short. Then new transactions are held back, those that are open end, Patroni hands over, and the poolers turn as
    /// soon as etcd names the new leader and that says that it takes writes. Whatever goes wrong, clients go on with
    /// whoever leads then.
    ///
    /// On several hosts the leader's host conducts it, because it alone sees the leader end, and the others hold their
    /// clients back meanwhile.
    func switchOver(to wanted: String?) async throws -> SwitchoverResult {
        if let agent = leadership.leader.flatMap(otherAgent) {
            return try SwitchoverResult(
                json: try await forward("/host/switchover", ["to": wanted.map(JSON.string) ?? .null], to: agent))
        }
        return try await handOver(to: wanted)
    }

    /// The same from a node of this machine.
    func handOver(to wanted: String?) async throws -> SwitchoverResult {
        let status = await status()
        guard let leader = leadership.leader else {
            _ = try check(status, nil).candidate(wanted); throw Self.leaderless
        }
        let session = try await session(on: leader)
        defer { session.close() }
        let open = try await session.query(
            """
            SELECT max(extract(epoch FROM clock_timestamp() - xact_start))::float8 FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
            """
        ).only
        let oldest = try open[0, as: Double?.self].map { Duration.seconds($0) }
        let name = try check(status, oldest).candidate(wanted)
        guard let candidate = leadership.nodes.first(where: { $0.name == name }) else { throw Self.leaderless }
        try await session.query("CHECKPOINT", within: Self.checkpointLimit)
        let (leadership, patroni) = (self.leadership, self.patroni)
        let lease = leadership.view.leader?.lease
        let start = ContinuousClock.now
        let end = try await withEverybodyHeld(within: Self.switchLimit, quietWithin: Self.quietLimit) { isQuiet in
            guard isQuiet else {
                throw ParlorError(
                    .cluster, "transactions do not end, so nothing was switched",
                    why: "some were still open after \(Self.quietLimit.brief)",
                    hint: "Try again when there is less to do; everybody goes on with \(leader.name).")
            }
            return try await withThrowingTaskGroup(of: ContinuousClock.Instant?.self) { group in
                group.addTask {
                    // Its answer comes when it has looked around once more; etcd tells at once. A refusal ends the wait.
                    try await patroni.switchOver(from: leader, to: candidate.name)
                    return nil
                }
                group.addTask {
                    if let lease { try await self.handOver(lease, from: leader, to: candidate) }
                    return nil
                }
                group.addTask { try await leadership.turned(to: candidate, within: Self.switchLimit) }
                defer { group.cancelAll() }
                while let moment = try await group.next() {
                    if let moment { return moment }
                }
                return .now
            }
        }
        return SwitchoverResult(from: leader.name, to: name, stall: start.duration(to: end))
    }

    /// Takes the lease of a primary away that has stopped in order, as soon as its successor has its whole log. Patroni
    /// would look once a second whether it has, and then wait another second.
    private func handOver(_ lease: EtcdLease.Identity, from leader: ClusterNode, to candidate: ClusterNode) async throws
    {
        guard let index = nodes.firstIndex(where: { $0.node == leader }), try await guards[index].serverEnds(),
            let end = try await nodes[index].lastCheckpoint(on: loop)?.position
        else { return }
        // Its last bytes may be on their way still, to another host for one.
        let deadline = ContinuousClock.now + Self.receiveLimit
        while leadership.view.leader?.lease == lease, ContinuousClock.now < deadline {
            if let received = try? await patroni.state(of: candidate).received, received > end {
                try await revoke(lease)
                logger.info("news of the cluster", [.reason: "handed over the lease of \(leader.name)"])
                return
            }
            try await loop.sleep(for: Self.receivePause)
        }
    }

    func check(_ status: ClusterStatus, _ oldest: Duration?) throws(ParlorError) -> SwitchoverCheck {
        SwitchoverCheck(status: status, oldestTransaction: oldest, free: try Files.freeSpace(at: state.postgres))
    }

    private static var leaderless: ParlorError {
        ParlorError(.cluster, "nobody leads the cluster", hint: "See \"./parlor cluster status\".")
    }
}
