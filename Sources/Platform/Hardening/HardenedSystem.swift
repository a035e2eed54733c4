package import Basics
import Postgres
import TLS

/// The running system as one who knows all of its secrets sees it: what the checklist is tried on.
package struct HardenedSystem: Sendable {
    /// An address that something listens on.
    package struct Place: Hashable, Sendable, CustomStringConvertible {
        /// Who listens there, for people.
        package var owner: String
        /// The address.
        package var host: String
        /// The port.
        package var port: Int

        /// A place.
        package init(_ owner: String, _ host: String, _ port: Int) {
            self.owner = owner
            self.host = host
            self.port = port
        }

        /// Who listens there.
        package var description: String { owner }
    }

    /// A server of PostgreSQL with its Patroni.
    package struct Node: Sendable {
        /// The name.
        package var name: String
        /// Where PostgreSQL listens.
        package var database: Place
        /// Where Patroni's API listens.
        package var management: Place
        /// The folder of PostgreSQL's socket; nil where the node is another host's.
        package var socketFolder: String?

        /// A node.
        package init(name: String, database: Place, management: Place, socketFolder: String?) {
            self.name = name
            self.database = database
            self.management = management
            self.socketFolder = socketFolder
        }
    }

    /// A role and its password.
    package struct Account: Sendable {
        /// The name.
        package var name: String
        /// The password.
        package var password: Secret

        /// An account.
        package init(_ name: String, _ password: Secret) {
            self.name = name
            self.password = password
        }
    }

    /// The state folder.
    package var folder: String
    /// The user who runs everything.
    package var owner: UInt32
    /// That user's name, who may use the poolers' consoles by their sockets.
    package var administrator: String
    /// The servers.
    package var nodes: [Node]
    /// The name of the node that leads; nil when nobody does.
    package var leader: String?
    /// Where etcd answers clients, then where it answers its peers.
    package var consensus: [Place]
    /// The poolers.
    package var poolers: [Place]
    /// The Redis servers.
    package var caches: [Place]
    /// Where this host's agent answers those of other hosts; nil on one machine.
    package var agent: Place?
    /// The service.
    package var service: Place
    /// The service's database.
    package var database: String
    /// The accounts: of the superuser, the service, the pooler, the rewinder, Patroni's API, and Redis.
    package var superuser: Account
    /// The role of the service.
    package var serviceRole: Account
    /// The pooler's own role.
    package var poolerRole: Account
    /// A role without anything of its own.
    package var rewinder: Account
    /// Who may change things through Patroni.
    package var management: Account
    /// The password of Redis.
    package var redis: Account
    /// All generated passwords by the names of their files.
    package var secrets: [(name: String, value: Secret)]
    /// The folder of the certificates.
    package var certificates: String
    /// The processes of the agent and of every part.
    package var processes: [Int32]

    /// What is known of the system.
    package init(
        folder: String, owner: UInt32, administrator: String, nodes: [Node], leader: String?, consensus: [Place],
        poolers: [Place], caches: [Place], agent: Place?, service: Place, database: String, superuser: Account,
        serviceRole: Account, poolerRole: Account, rewinder: Account, management: Account, redis: Account,
        secrets: [(name: String, value: Secret)], certificates: String, processes: [Int32]
    ) {
        (self.folder, self.owner, self.administrator) = (folder, owner, administrator)
        (self.nodes, self.leader, self.agent) = (nodes, leader, agent)
        (self.consensus, self.poolers, self.caches, self.service) = (consensus, poolers, caches, service)
        (self.database, self.superuser, self.serviceRole) = (database, superuser, serviceRole)
        (self.poolerRole, self.rewinder, self.management, self.redis) = (poolerRole, rewinder, management, redis)
        (self.secrets, self.certificates, self.processes) = (secrets, certificates, processes)
    }

    /// How long one trial may take.
    static let limit = Duration.seconds(5)
}

extension HardenedSystem {
    /// The authorities that the parts believe.
    var authority: String { "\(certificates)/current/ca.crt" }

    /// A certificate of theirs.
    var identity: TLSIdentity {
        TLSIdentity(
            chainFile: "\(certificates)/current/agent.crt", keyFile: "\(certificates)/current/agent.key")
    }

    /// The node that leads.
    var leadingNode: Node? { nodes.first { $0.name == leader } }

    /// Everything that listens for connections of TLS, with what is said before the handshake.
    var encrypted: [(place: Place, opening: Handshake.Opening)] {
        nodes.map { ($0.database, .postgres) } + poolers.map { ($0, .postgres) }
            + nodes.map { ($0.management, .none) }
            + (consensus + caches + [agent].compactMap(\.self)).map { ($0, .none) }
    }

    /// All that may be listened on.
    var places: [Place] {
        nodes.flatMap { [$0.database, $0.management] } + consensus + poolers + caches + [agent].compactMap(\.self) + [
            service
        ]
    }

    /// How an account gets into a database at a place, as it should.
    func options(_ account: Account, at place: Place, _ database: String) -> ConnectionOptions {
        ConnectionOptions(
            host: place.host, port: place.port, database: database, user: account.name, password: account.password,
            sslMode: .verifyFull, applicationName: "parlor harden check", connectTimeout: Self.limit,
            parameters: ["sslrootcert": authority])
    }

    /// How the superuser gets into a node: on this host through the socket that nobody else can reach.
    func superuser(of node: Node, _ database: String = "postgres") -> ConnectionOptions {
        guard let folder = node.socketFolder else { return options(superuser, at: node.database, database) }
        return ConnectionOptions(
            host: folder, port: node.database.port, database: database, user: superuser.name,
            password: superuser.password, applicationName: "parlor harden check", connectTimeout: Self.limit)
    }
}
