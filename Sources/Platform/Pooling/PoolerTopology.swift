/// A PostgreSQL server as the pooler reaches it.
package struct PoolerNode: Hashable, Sendable {
    /// A name or a numeric address; the server's certificate must bear it.
    package var host: String
    /// The port.
    package var port: Int

    /// A server.
    package init(host: String, port: Int = 5432) {
        self.host = host
        self.port = port
    }
}

/// Which servers there are at a moment: the one that takes writes, and those that take reads.
package struct PoolerTopology: Hashable, Sendable {
    /// The server that takes writes.
    package var leader: PoolerNode
    /// The servers that reads may go to, only those that answer: PgBouncer does not skip one of a list that does not.
    package var replicas: [PoolerNode]

    /// The servers.
    package init(leader: PoolerNode, replicas: [PoolerNode] = []) {
        self.leader = leader
        self.replicas = replicas
    }

    /// Where reads go. PgBouncer takes one port for a list of hosts, so it is the replicas of the port that most have;
    /// without a replica it is the leader.
    package var readers: (hosts: [String], port: Int) {
        let groups = Dictionary(grouping: replicas, by: \.port)
        // The lower port wins a draw, so that the same servers always give the same file.
        guard let group = groups.max(by: { ($0.value.count, -$0.key) < ($1.value.count, -$1.key) }) else {
            return ([leader.host], leader.port)
        }
        return (group.value.map(\.host).sorted(), group.key)
    }

    /// The replicas that the read pool leaves out.
    package var leftOut: [PoolerNode] {
        replicas.filter { $0.port != readers.port }
    }
}
