import Backups
import Basics
import Cluster
import Loop

extension ClusterSystem {
    /// Where the backups go.
    var backupSite: BackupSite { BackupSite(plan.configuration, state) }

    /// What looks after the backups. On several hosts that is the primary's agent.
    func makeBackupKeeper() -> BackupKeeper {
        BackupKeeper(
            backupSite,
            .init(
                servers: { [weak self] in self?.nodes.map(\.backedUp) ?? [] },
                primary: { [weak self] in
                    let leader = self?.leadership.leader
                    return self?.nodes.contains { $0.node == leader } == true ? leader?.name : nil
                },
                hasReplica: { [weak self] in await self?.hasFollowingReplica() ?? false },
                superuser: { [weak self] database in
                    self?.leadership.leader.flatMap { self?.superuser(of: $0, to: database) }
                }, programs: installation.folder),
            logger: logger, on: loop)
    }

    /// Whether one of this machine's replicas follows the primary.
    private func hasFollowingReplica() async -> Bool {
        let own = Set(nodes.map(\.node.name))
        let status = await status()
        return status.nodes.contains { $0.name != status.leader && $0.isWell && own.contains($0.name) }
    }
}

extension PatroniNode {
    /// As pgBackRest is told of it.
    var backedUp: PgBackRestConfiguration.Server {
        .init(
            node.name, data: configuration.folders.data, socket: configuration.folders.socket, port: node.port)
    }
}
