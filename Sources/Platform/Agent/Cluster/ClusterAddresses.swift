package import Basics
package import Cluster
import Configuration

/// Where everything of a running cluster listens, and for whom: what the agent tells those who look after it.
package struct ClusterAddresses: Equatable, Sendable {
    /// A host and a port.
    package struct Address: Equatable, Sendable {
        /// The host.
        package var host: String
        /// The port.
        package var port: Int
    }

    /// The servers.
    package var nodes: [ClusterNode]
    /// Where etcd answers its clients.
    package var consensus: Address
    /// Where etcd answers its peers.
    package var consensusPeers: Address
    /// The pooler for transactions.
    package var pooler: Address
    /// The pooler for sessions.
    package var sessionPooler: Address
    /// The cache.
    package var cache: Address
    /// The queue.
    package var queue: Address
    /// This host's agent, for those of other hosts; nil on one machine.
    package var agent: Address?
    /// The service.
    package var service: Address
    /// The service's database.
    package var database: String
    /// The service's role.
    package var user: String
}

/// As it travels.
extension ClusterAddresses {
    /// As JSON.
    package var json: JSON {
        let nodes = nodes.map { node -> JSON in
            [
                "name": .string(node.name), "host": .string(node.host), "port": .integer(node.port),
                "management_port": .integer(node.managementPort),
            ]
        }
        return [
            "nodes": .array(nodes), "consensus": consensus.json, "consensus_peers": consensusPeers.json,
            "pooler": pooler.json, "session_pooler": sessionPooler.json, "cache": cache.json, "queue": queue.json,
            "agent": agent?.json ?? .null, "service": service.json, "database": .string(database),
            "user": .string(user),
        ]
    }

    /// Reads what `json` wrote.
    package init(json: JSON) throws(ParlorError) {
        func address(_ name: String) throws(ParlorError) -> Address { try Address(json: json[name] ?? .null) }
        guard let nodes = json["nodes"]?.elements, let database = json["database"]?.text, let user = json["user"]?.text
        else { throw AgentClient.unreadable }
        self.init(
            nodes: try nodes.map { json throws(ParlorError) in try ClusterNode(wire: json) },
            consensus: try address("consensus"), consensusPeers: try address("consensus_peers"),
            pooler: try address("pooler"), sessionPooler: try address("session_pooler"), cache: try address("cache"),
            queue: try address("queue"), agent: try? address("agent"), service: try address("service"),
            database: database, user: user)
    }
}

extension ClusterAddresses.Address {
    fileprivate var json: JSON { ["host": .string(host), "port": .integer(port)] }

    fileprivate init(json: JSON) throws(ParlorError) {
        guard let host = json["host"]?.text, let port = json["port"]?.int else { throw AgentClient.unreadable }
        self.init(host: host, port: port)
    }
}

extension ClusterNode {
    fileprivate init(wire json: JSON) throws(ParlorError) {
        guard let name = json["name"]?.text, let host = json["host"]?.text, let port = json["port"]?.int,
            let managementPort = json["management_port"]?.int
        else { throw AgentClient.unreadable }
        self.init(name: name, host: host, port: port, managementPort: managementPort)
    }
}

extension ClusterSystem {
    /// Where everything listens.
    var addresses: ClusterAddresses {
        let configuration = plan.configuration
        let outside = { (port: Int) in ClusterAddresses.Address(host: configuration.database.host, port: port) }
        let redis = { (port: Int) in ClusterAddresses.Address(host: self.layout.redisHost, port: port) }
        let member = layout.ownMember ?? layout.members[0]
        return ClusterAddresses(
            nodes: layout.nodes, consensus: .init(host: member.host, port: member.port),
            consensusPeers: .init(host: member.host, port: member.peerPort), pooler: outside(layout.poolerPort),
            sessionPooler: outside(layout.sessionPoolerPort), cache: redis(layout.cachePort),
            queue: redis(layout.queuePort),
            agent: layout.ownAgent.map { .init(host: $0.host, port: $0.port) },
            service: .init(host: configuration.api.host, port: configuration.api.port),
            database: configuration.database.name, user: configuration.database.user)
    }
}
