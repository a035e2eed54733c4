import Basics
import Caching
import Cluster
import Configuration
import Consensus
import Loop
import Pooling
import Processes
import State
import TLS
import Trust

/// The parts as the layout wants them.
extension ClusterLayout {
    /// Who needs a certificate, and where they are reached.
    func certifiedParts(_ configuration: Configuration) -> [CertifiedPart] {
        let inside = { (name: String) in CertifiedPart(name, hostNames: ["localhost"], addresses: [host]) }
        let outside = HostName.reachable(configuration.database.host)
        var pooler = inside("pooler")
        if outside != host, outside != "localhost" {
            if SocketAddress.isNumeric(outside) {
                pooler.addresses.append(outside)
            } else {
                pooler.hostNames.append(outside)
            }
        }
        return [inside("etcd1")] + nodes.map { certifiedPart($0) } + [
            pooler, inside("redis"), CertifiedPart("agent", usages: [.client]),
        ]
    }

    /// A node as others reach it.
    func certifiedPart(_ node: ClusterNode) -> CertifiedPart {
        CertifiedPart(node.name, hostNames: ["localhost"], addresses: [node.host])
    }

    /// etcd's only member.
    func member(_ places: ClusterPlaces, _ identities: StoredGeneration, token: Secret) -> EtcdMember {
        let files = identities.files(for: "etcd1")
        return EtcdMember(
            name: "etcd1", folder: places.etcd, host: host, clientPort: consensusPort, peerPort: consensusPeerPort,
            certificates: .init(authority: files.authority, certificate: files.certificate, key: files.key),
            token: token.reveal(), initialCluster: [.init(name: "etcd1", host: host, port: consensusPeerPort)])
    }

    /// PostgreSQL's settings: the servers share the machine.
    func settings(
        _ configuration: Configuration, _ installation: PostgresInstallation, holding folder: String,
        sharedBy count: Int
    ) -> ServerSettings {
        let machine = Machine.current(holding: folder)
        var database = configuration.database
        database.memory = ByteCount((database.memory ?? machine.memory).bytes / count)
        return ServerSettings(of: database, on: machine, .member(replicas: count - 1), in: installation)
    }

    /// Where the poolers lead before anybody leads.
    var firstTopology: PoolerTopology { PoolerTopology(leader: PoolerNode(host: host, port: nodes[0].port)) }

    /// The two processes of the pooler.
    func poolers(
        _ configuration: Configuration, _ places: ClusterPlaces, _ identities: StoredGeneration, password: Secret,
        on loop: EventLoop
    ) throws(ParlorError) -> [PoolerPart] {
        let database = configuration.database
        let plan = try PoolerPlan(
            .init(
                cores: Machine.current(holding: places.state.path).cores, clients: configuration.pooler.clients,
                serverConnections: database.maxConnections))
        let files = identities.files(for: "pooler")
        let (databases, port) = ([try PoolerDatabase(database.name)], sessionPoolerPort)
        let part = { (mode: PoolerConfiguration.Mode, folder: String, port: Int) in
            PoolerPart(
                PoolerConfiguration(
                    mode, folder: folder, host: database.host, port: port, databases: databases,
                    topology: firstTopology, plan: plan,
                    encryption: .init(certificate: files.certificate, key: files.key, authority: files.authority),
                    administrator: UserAccount.current.name), password: password, on: loop)
        }
        return [
            part(.transaction, places.pooler("pooler"), poolerPort),
            part(.session, places.pooler("pooler-sessions"), port),
        ]
    }

    /// The cache and the queue.
    func redisServers(
        _ configuration: Configuration, _ places: ClusterPlaces, _ identities: StoredGeneration, _ secrets: SecretStore
    ) throws(ParlorError) -> [RedisServer] {
        let files = identities.files(for: "redis")
        let password: Secret
        if let own = configuration.redis.password { password = own } else { password = try secrets.secret("redis") }
        let memory = Machine.current(holding: places.state.path).memory
        return [(RedisServer.Purpose.cache, cachePort), (.queue, queuePort)].map { purpose, port in
            RedisServer(
                purpose, host: host, port: port, memory: RedisServer.share(of: memory),
                folder: places.redis("redis-\(purpose.rawValue)"), password: password, authority: files.authority,
                certificate: files.certificate, key: files.key)
        }
    }
}
