import Basics
package import Cluster
import Configuration

/// Where the parts of a cluster on one machine listen.
package struct ClusterLayout: Equatable, Sendable {
    /// Where the parts reach each other: nobody outside of this machine needs anything but the poolers.
    package let host = "127.0.0.1"
    /// The servers.
    package var nodes: [ClusterNode]
    /// Where etcd answers clients.
    package var consensusPort: Int
    /// Where etcd answers other members.
    package var consensusPeerPort: Int
    /// The pooler for applications.
    package var poolerPort: Int
    /// The pooler for sessions.
    package var sessionPoolerPort: Int
    /// The cache.
    package var cachePort: Int
    /// The queue.
    package var queuePort: Int

    /// Decides with `choose`, which gives the first free port from a wanted one on.
    init(
        _ configuration: Configuration,
        choose: (_ owner: String, _ host: String, _ wanted: Int) throws(ParlorError) -> Int
    ) throws(ParlorError) {
        var nodes: [ClusterNode] = []
        for index in 0...configuration.cluster.replicas {
            let name = "node\(index + 1)"
            nodes.append(
                ClusterNode(
                    name: name, host: host,
                    port: try choose("PostgreSQL of \(name)", host, configuration.database.port + index),
                    managementPort: try choose("Patroni of \(name)", host, configuration.cluster.managementPort + index)
                ))
        }
        self.nodes = nodes
        consensusPort = try choose("etcd", host, configuration.cluster.etcdPort)
        consensusPeerPort = try choose("etcd's peers", host, configuration.cluster.etcdPort + 1)
        let outside = configuration.database.host
        poolerPort = try choose("the pooler", outside, configuration.pooler.port)
        sessionPoolerPort = try choose("the pooler for sessions", outside, configuration.pooler.sessionPort)
        cachePort = try choose("the cache", host, configuration.redis.port)
        queuePort = try choose("the queue", host, configuration.redis.queuePort)
    }
}
