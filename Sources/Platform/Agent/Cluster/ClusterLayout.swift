import Basics
package import Cluster
import Configuration

/// Where the parts of a cluster listen: all on one machine, or spread over hosts.
///
/// On one machine only the poolers and the service are for others, so everything else listens on the loopback, and a port
/// that is taken gives way to the next free one. Each node has an address of its own there, so that all can have one
/// port, which is what PgBouncer asks of the replicas that share its reads. On several hosts each part listens at its
/// host's address, where the others expect it: every host derives the same layout from the same configuration, and a port
/// that is taken is an error.
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
        let (host, addresses) = (here?.address ?? Self.alone, hosts.map(\.address))
        func address(_ index: Int) -> String { addresses.isEmpty ? Self.alone : addresses[index] }
        func place(_ owner: String, _ other: String, _ wanted: Int) throws(ParlorError) -> Int {
            hosts.isEmpty || other == host ? try choose(owner, other, wanted) : wanted
        }
        self.host = host
        var nodes: [ClusterNode] = []
        for index in 0...configuration.cluster.replicas {
            var node = Self.node(index + 1, on: addresses, configuration)
            node.port = try place("PostgreSQL of \(node.name)", node.host, node.port)
            node.managementPort = try place("Patroni of \(node.name)", node.host, node.managementPort)
            nodes.append(node)
        }
        self.nodes = nodes
        var members: [Member] = []
        for index in 0..<Self.memberCount(onHosts: addresses.count) {
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

    /// Where a node is to be: on several hosts where all of them derive it, on one machine if the ports are free.
    func place(of name: String, _ configuration: Configuration) -> ClusterNode? {
        guard let number = Int(name.dropFirst("node".count)), number > 0 else { return nil }
        return Self.node(number, on: agents.map(\.host), configuration)
    }

    /// A node as it is derived from its number and the addresses of the hosts.
    private static func node(_ number: Int, on addresses: [String], _ configuration: Configuration) -> ClusterNode {
        let (database, management) = (configuration.database.port, configuration.cluster.managementPort)
        guard !addresses.isEmpty else {
            return ClusterNode(
                name: "node\(number)", host: "127.0.0.\(number)", port: database, managementPort: management)
        }
        let (round, index) = (number - 1).quotientAndRemainder(dividingBy: addresses.count)
        return ClusterNode(
            name: "node\(number)", host: addresses[index], port: database + round, managementPort: management + round)
    }

    /// The nodes of this machine.
    package var ownNodes: [ClusterNode] { agents.isEmpty ? nodes : nodes.filter { $0.host == host } }

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
