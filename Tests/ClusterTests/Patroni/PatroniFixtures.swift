import Basics
import Configuration

@testable import Cluster
@testable import Etcd

extension EtcdLease.Identity {
    /// The lease of a number that is not 0.
    static func number(_ number: Int64) -> EtcdLease.Identity {
        guard let identity = EtcdLease.Identity(number) else { preconditionFailure("0 stands for no lease") }
        return identity
    }
}

extension EtcdKeyValue {
    /// A key as etcd would tell of it.
    init(_ key: EtcdKey, _ value: String, lease: EtcdLease.Identity? = nil) {
        self.init(key, bytes: Array(value.utf8), lease: lease)
    }

    /// A key with a value that need not be text.
    init(_ key: EtcdKey, bytes: [UInt8], lease: EtcdLease.Identity? = nil) {
        self.init(key: key, value: bytes, createRevision: 3, modRevision: 36, version: 9, lease: lease)
    }
}

extension ClusterAccounts {
    /// Passwords that are found wherever they stand.
    static let example = ClusterAccounts(
        superuser: Secret("password-of-postgres"), replicator: Secret("password-of-replicator"),
        rewinder: Secret("password-of-rewinder"), management: Secret("password-of-parlor"))

    var all: [Secret] { [superuser, replicator, rewinder, management] }
}

extension PatroniConfiguration {
    /// The configuration of a node at an address, the same on every machine.
    static func example(
        host: String = "192.0.2.1", networks: [String] = ["192.0.2.0/24", "127.0.0.1/32"],
        settings: PatroniSettings = .example()
    ) -> PatroniConfiguration {
        PatroniConfiguration(
            scope: "parlor", node: ClusterNode(name: "node1", host: host, port: 5432, managementPort: 8008),
            consensus: [.init(host: host, port: 2379), .init(host: "etcd.example", port: 2379)],
            folders: .init(data: "/srv/node1/data", socket: "/srv/node1/run", files: "/srv/node1"),
            programs: "/usr/lib/postgresql/15/bin",
            identity: IdentityFiles(
                authority: "/srv/trust/authorities.pem", certificate: "/srv/trust/node1.pem",
                key: "/srv/trust/node1.key"), accounts: .example, settings: settings,
            parameters: [("shared_buffers", "512MB"), ("log_line_prefix", "%m [%p] \"quoted\" \\ ")],
            networks: networks)
    }
}

extension PatroniSettings {
    /// The settings of three nodes.
    static func example(
        profile: FailoverProfile = .default, durability: Durability = .synchronous
    ) -> PatroniSettings {
        PatroniSettings(
            profile: profile, durability: durability, nodes: 3,
            parameters: [("max_connections", "200"), ("wal_level", "replica")])
    }
}
