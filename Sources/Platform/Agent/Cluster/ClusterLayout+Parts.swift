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
    /// Which parts of this machine need a certificate, and where they are reached.
    func certifiedParts(_ configuration: Configuration) -> [CertifiedPart] {
        let inside = { (name: String) in CertifiedPart(name, hostNames: ["localhost"], addresses: [host]) }
        var pooler = inside("pooler")
        let outside = HostName.reachable(configuration.database.host)
        for place in [ClusterLayout.alone, outside]
        where place != "localhost" && !pooler.addresses.contains(place) && !pooler.hostNames.contains(place) {
            if SocketAddress.isNumeric(place) {
                pooler.addresses.append(place)
            } else {
                pooler.hostNames.append(place)
            }
        }
        // Agents of several hosts serve each other.
        let agent = agents.isEmpty ? CertifiedPart("agent", usages: [.client]) : inside("agent")
        return [ownMember?.name].compactMap(\.self).map(inside) + ownNodes.map { certifiedPart($0) } + [pooler]
            + (keepsRedis ? [inside("redis")] : []) + [agent]
    }

    /// A node as others reach it.
    func certifiedPart(_ node: ClusterNode) -> CertifiedPart {
        CertifiedPart(node.name, hostNames: ["localhost"], addresses: [node.host])
    }

    /// This machine's member of etcd; nil where none is.
    func member(_ places: ClusterPlaces, _ identities: StoredGeneration, token: Secret) -> EtcdMember? {
        ownMember.map { own in
            EtcdMember(
                name: own.name, folder: places.etcd, host: host, clientPort: own.port, peerPort: own.peerPort,
                certificates: .init(identities.files(for: own.name)), token: token.reveal(),
                initialCluster: members.map { .init(name: $0.name, host: $0.host, port: $0.peerPort) })
        }
    }

    /// The way to etcd, to this machine's member first.
    func consensus(_ identity: IdentityFiles) throws(ParlorError) -> EtcdAccess {
        let nearest = members.filter { $0.host == host } + members.filter { $0.host != host }
        return EtcdAccess(
            try nearest.map { member throws(ParlorError) in try EtcdAccess.endpoint(member.host, member.port) },
            .init(identity))
    }

    /// Whom PostgreSQL lets in, with a password and encrypted: this machine, and the other hosts.
    var networks: [String] {
        Set(nodes.map(\.host) + agents.map(\.host) + [Self.alone]).sorted().map { address in
            "\(address)/\(address.contains(":") ? 128 : 32)"
        }
    }

    /// PostgreSQL's settings, the nodes of a host sharing it.
    func settings(
        _ configuration: Configuration, _ installation: PostgresInstallation, holding folder: String
    ) -> ServerSettings {
        let machine = Machine.current(holding: folder)
        let (replicas, hosts) = (configuration.cluster.replicas, max(1, agents.count))
        var database = configuration.database
        // The same on all hosts, however many nodes each has.
        let sharing = (replicas + hosts) / hosts
        database.memory = ByteCount((database.memory ?? machine.memory).bytes / sharing)
        return ServerSettings(
            of: database, on: machine, .member(replicas: replicas), in: installation,
            isArchived: configuration.archivesLog)
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
        guard keepsRedis else { return [] }
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

extension EtcdMember.Certificates {
    /// Those of a part.
    init(_ files: IdentityFiles) {
        self.init(authority: files.authority, certificate: files.certificate, key: files.key)
    }
}
