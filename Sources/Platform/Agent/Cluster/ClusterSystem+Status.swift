import Basics
import Cluster
import Configuration
import Pooling
import Postgres
import Trust

extension ClusterSystem {
    private static let askLimit = Duration.seconds(3)
    private static let historyMax = 10

    /// The cluster as it stands. What nobody answers is left out, so that it can be asked in any state.
    func status() async -> ClusterStatus {
        let leader = leadership.leader
        var ends: [TimelineEnd] = []
        if let leader { ends = (try? await patroni.history(seenBy: leader, within: Self.askLimit)) ?? [] }
        var status = ClusterStatus(
            leader: leader?.name, durability: plan.configuration.cluster.durability.rawValue,
            profile: plan.configuration.cluster.profile.rawValue, nodes: await states(after: ends))
        let place = turn.current.leader
        status.poolersLeadTo = leadership.nodes.first { $0.host == place.host && $0.port == place.port }?.name
        status.isHeld = turn.isHeld
        status.expiring = ((try? store.expiries()) ?? []).filter(\.isDue).map {
            .init(part: $0.name, moment: $0.expires)
        }
        if let leader {
            status.history = ends.suffix(Self.historyMax).map {
                .init(timeline: $0.timeline, moment: $0.moment, leader: $0.leader)
            }
            if let session = try? await session(on: leader) {
                defer { session.close() }
                await addLag(to: &status, session)
                status.slots = await slots(session)
                status.copies = await copies(session)
            }
        }
        return status
    }

    private func states(after ends: [TimelineEnd]) async -> [ClusterStatus.Node] {
        var members: [MemberState] = []
        for node in leadership.nodes where members.isEmpty {
            members = (try? await patroni.members(seenBy: node, within: Self.askLimit)) ?? []
        }
        var states: [ClusterStatus.Node] = []
        for node in leadership.nodes {
            let member = members.first { $0.name == node.name }
            let isDiverged = await isDiverged(node, member, from: ends)
            states.append(
                ClusterStatus.Node(
                    name: node.name, role: member?.role ?? .uninitialized,
                    state: isDiverged ? ClusterStatus.Node.diverged : member?.state ?? "not there",
                    address: "\(node.host):\(node.port)", timeline: member?.timeline, lagBytes: member?.replayLag,
                    isRestartPending: member?.isRestartPending ?? false, isWell: member?.isWell ?? false))
        }
        return states
    }

    /// Whether a node has log that the primary never had. PostgreSQL refuses to start as a replica with some of it, so the
    /// data folder is asked where nobody else can tell.
    private func isDiverged(_ node: ClusterNode, _ member: MemberState?, from ends: [TimelineEnd]) async -> Bool {
        guard let member, !member.isWell, member.replayed == nil else {
            return member?.isDiverged(from: ends) ?? false
        }
        let own = nodes.first { $0.node == node }
        return (try? await own?.lastCheckpoint(on: loop))?.isDiverged(from: ends) ?? false
    }

    /// How far the replicas are, in the primary's own words: what Patroni knows of one that is gone is as old as its lease.
    private func addLag(to status: inout ClusterStatus, _ session: PostgresSession) async {
        let rows = try? await session.query(
            """
            SELECT application_name, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::int8,
                extract(epoch FROM replay_lag)::float8
            FROM pg_stat_replication WHERE state = 'streaming'
            """, within: Self.askLimit)
        guard let rows else { return }
        let found = rows.compactMap { try? $0.values(as: String.self, Int?.self, Double?.self) }
        for index in status.nodes.indices where status.nodes[index].name != status.leader {
            if let (_, bytes, seconds) = found.first(where: { $0.0 == status.nodes[index].name }) {
                guard let bytes else { continue }
                status.nodes[index].lagBytes = max(0, bytes)
                status.nodes[index].lagSeconds = seconds ?? 0
            } else if status.nodes[index].isWell {
                status.nodes[index].state = "not connected"
                status.nodes[index].isWell = false
            }
        }
    }

    private func copies(_ session: PostgresSession) async -> [ClusterStatus.Copy] {
        let rows = try? await session.query(
            """
            SELECT application_name, backup_streamed, backup_total
            FROM pg_stat_progress_basebackup JOIN pg_stat_replication USING (pid) ORDER BY 1
            """, within: Self.askLimit)
        return (rows?.map { $0 } ?? []).compactMap { row in
            guard let values = try? row.values(as: String.self, Int.self, Int?.self) else { return nil }
            return ClusterStatus.Copy(node: values.0, done: values.1, total: values.2)
        }
    }

    private func slots(_ session: PostgresSession) async -> [ClusterStatus.Slot] {
        let rows = try? await session.query(
            """
            SELECT slot_name::text, active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::int8, wal_status
            FROM pg_replication_slots ORDER BY 1
            """, within: Self.askLimit)
        return (rows?.map { $0 } ?? []).compactMap { row in
            guard let values = try? row.values(as: String.self, Bool.self, Int?.self, String?.self) else { return nil }
            return ClusterStatus.Slot(name: values.0, isActive: values.1, retained: values.2, health: values.3)
        }
    }
}
