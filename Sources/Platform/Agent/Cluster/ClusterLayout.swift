import Basics
package import Cluster
import Configuration

/// Where the parts of a cluster listen: all on one machine, or spread over hosts.
///
/// On one machine only the poolers and the service are for others, so everything else listens on the loopback, and a port
/// that is taken gives way to the next free one. On several hosts each part listens at its host's address, where the
/// others expect it: every host derives the same layout from the same configuration, and a port that is taken is an error.
package struct ClusterLayout: Equatable, Sendable {
    /// A member of etcd.
    struct Member: Equatable, Sendable {
        var name: String
        var host: String
        /// Where it answers clients.
        var port: Int
        /// Where it answers other members.
        var peerPort: Int
    }

    /// The agent of a host, for the agents of the others.
    struct AgentPlace: Hashable, Sendable {
        var name: String
        var host: String
        var port: Int
    }

    /// The address at which this machine's parts reach each other.
    package let host: String
    /// All hosts with their agents, in the order of the configuration; none for one machine.
    let agents: [AgentPlace]
    /// The servers, everywhere.
    package var nodes: [ClusterNode]
    /// The members of etcd, everywhere.
    let members: [Member]
    /// The pooler for applications; each host has its own.
    package let poolerPort: Int
    /// The pooler for sessions.
    package let sessionPoolerPort: Int
    /// Where the cache and the queue are.
    let redisHost: String
    /// The cache.
    package let cachePort: Int
    /// The queue.
    package let queuePort: Int

    /// Where parts are reached that only their own machine needs.
    static let alone = "127.0.0.1"

    /// Decides; `here` is the host that this machine is, nil for a cluster on one machine. `choose` gives a port for
    /// somebody on this machine from a wanted one on.
    init(
        _ configuration: Configuration, on here: HostList.Host?,
        choose: (_ owner: String, _ host: String, _ wanted: Int) throws(ParlorError) -> Int
    ) throws(ParlorError) {
        let hosts = here == nil ? [] : configuration.hosts.all
        let (host, count) = (here?.address ?? Self.alone, max(1, hosts.count))
        func address(_ index: Int) -> String { hosts.isEmpty ? Self.alone : hosts[index % count].address }
        func place(_ owner: String, _ other: String, _ wanted: Int) throws(ParlorError) -> Int {
            other == host ? try choose(owner, other, wanted) : wanted
        }
        self.host = host
        var nodes: [ClusterNode] = []
        for index in 0...configuration.cluster.replicas {
            let (name, address) = ("node\(index + 1)", address(index))
            nodes.append(
                ClusterNode(
                    name: name, host: address,
                    port: try place("PostgreSQL of \(name)", address, configuration.database.port + index / count),
                    managementPort: try place(
                        "Patroni of \(name)", address, configuration.cluster.managementPort + index / count)))
        }
        self.nodes = nodes
        var members: [Member] = []
        for index in 0..<Self.memberCount(onHosts: count) {
            let (address, port) = (address(index), configuration.cluster.etcdPort)
            members.append(
                Member(
                    name: "etcd\(index + 1)", host: address, port: try place("etcd", address, port),
                    peerPort: try place("etcd's peers", address, port + 1)))
        }
        self.members = members
        let agentPort = configuration.cluster.agentPort
        agents = hosts.map { AgentPlace(name: $0.name, host: $0.address, port: agentPort) }
        if here != nil { _ = try choose("the agent", host, agentPort) }
        let outside = configuration.database.host
        poolerPort = try choose("the pooler", outside, configuration.pooler.port)
        sessionPoolerPort = try choose("the pooler for sessions", outside, configuration.pooler.sessionPort)
        redisHost = address(0)
        cachePort = try place("the cache", redisHost, configuration.redis.port)
        queuePort = try place("the queue", redisHost, configuration.redis.queuePort)
    }

    /// How many members of etcd agree on who leads: as many as bear the loss of one host, or of two.
    static func memberCount(onHosts count: Int) -> Int {
        switch count {
        case ..<3: 1
        case 3, 4: 3
        default: 5
        }
    }

    /// Where all hosts derive a node to be; nil on one machine, where that depends on which ports are free.
    func place(of name: String, _ configuration: Configuration) -> ClusterNode? {
        guard !agents.isEmpty, let number = Int(name.dropFirst("node".count)), number > 0 else { return nil }
        let (index, count) = (number - 1, agents.count)
        return ClusterNode(
            name: name, host: agents[index % count].host, port: configuration.database.port + index / count,
            managementPort: configuration.cluster.managementPort + index / count)
    }

    /// The nodes of this machine.
    package var ownNodes: [ClusterNode] { nodes.filter { $0.host == host } }

    /// The member of etcd on this machine; nil where none is.
    var ownMember: Member? { members.first { $0.host == host } }

    /// The agent of this host; nil on one machine.
    var ownAgent: AgentPlace? { agents.first { $0.host == host } }

    /// The agents of the other hosts.
    var otherAgents: [AgentPlace] { agents.filter { $0.host != host } }

    /// Whether this machine begins the cluster: the only one, or the first of the hosts.
    var begins: Bool { agents.first.map { $0.host == host } ?? true }

    /// Whether the cache and the queue are on this machine.
    var keepsRedis: Bool { redisHost == host }
}
