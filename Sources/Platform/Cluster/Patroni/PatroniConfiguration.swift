import Basics

/// The file that configures one node's Patroni, as text.
package struct PatroniConfiguration: Sendable {
    /// The name of the cluster, below which everything stands in etcd.
    package var scope: String
    /// The node that this is for.
    package var node: ClusterNode
    /// Where etcd listens.
    package var consensus: [SocketPlace]
    /// The folders of the node.
    package var folders: NodeFolders
    /// The folder of PostgreSQL's programs.
    package var programs: String
    /// The files of the node's identity.
    package var identity: IdentityFiles
    /// The files that Patroni's API shows and believes, when they are others: it reads them again only under new names.
    package var apiIdentity: IdentityFiles?
    /// The accounts.
    package var accounts: ClusterAccounts
    /// What all nodes agree on; used when the cluster is made, and by `cluster apply` later.
    package var settings: PatroniSettings
    /// PostgreSQL's settings that are this node's own.
    package var parameters: [(name: String, value: String)]
    /// The networks that clients and nodes come from.
    package var networks: [String]
    /// What takes a file of the log to the backups; nil where there are none.
    package var archiveCommand: String?
    /// Whether the node may begin a cluster where there is none; the others wait for one that they can follow.
    package var mayBegin = true

    /// A host and a port.
    package struct SocketPlace: Hashable, Sendable {
        /// The host.
        package var host: String
        /// The port.
        package var port: Int

        /// A place.
        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// As URLs have it.
        package var text: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
    }

    /// Where a node keeps what is its own.
    package struct NodeFolders: Hashable, Sendable {
        /// PostgreSQL's data.
        package var data: String
        /// PostgreSQL's socket, in a folder that only its user can enter.
        package var socket: String
        /// Files that are written at every start.
        package var files: String

        /// The folders.
        package init(data: String, socket: String, files: String) {
            self.data = data
            self.socket = socket
            self.files = files
        }
    }

    /// All of it.
    package init(
        scope: String, node: ClusterNode, consensus: [SocketPlace], folders: NodeFolders, programs: String,
        identity: IdentityFiles, accounts: ClusterAccounts, settings: PatroniSettings,
        parameters: [(name: String, value: String)], networks: [String]
    ) {
        self.scope = scope
        self.node = node
        self.consensus = consensus
        self.folders = folders
        self.programs = programs
        self.identity = identity
        self.accounts = accounts
        self.settings = settings
        self.parameters = parameters
        self.networks = networks
    }

    /// The file. It holds passwords, so only its owner may read it. It is JSON, which Patroni's YAML contains.
    package var file: String {
        var members: [JSON.Member] = [
            .init("scope", .string(scope)), .init("name", .string(node.name)),
            .init("restapi", management), .init("ctl", control), .init("etcd3", etcd),
        ]
        // Patroni looks for the word alone, whatever stands behind it.
        if mayBegin { members.append(.init("bootstrap", ["dcs": settings.json, "initdb": Self.initialisation])) }
        members += [
            .init("postgresql", postgresql),
            .init("log", ["level": "INFO", "format": "%(asctime)s %(levelname)s: %(message)s"]),
        ]
        return JSON.object(members).pretty + "\n"
    }

    /// Everybody's checks of health may ask; changes want a certificate of the authority and the password.
    private var management: JSON {
        let place = SocketPlace(host: node.host, port: node.managementPort).text
        let identity = apiIdentity ?? identity
        return [
            "listen": .string(place), "connect_address": .string(place),
            "certfile": .string(identity.certificate), "keyfile": .string(identity.key),
            "cafile": .string(identity.authority), "verify_client": "optional",
            "authentication": [
                "username": .string(ClusterAccounts.management), "password": .string(accounts.management.reveal()),
            ],
        ]
    }

    private var control: JSON {
        [
            "insecure": false, "cacert": .string(identity.authority), "certfile": .string(identity.certificate),
            "keyfile": .string(identity.key),
        ]
    }

    private var etcd: JSON {
        [
            "hosts": .array(consensus.map { .string($0.text) }), "protocol": "https",
            "cacert": .string(identity.authority), "cert": .string(identity.certificate),
            "key": .string(identity.key),
        ]
    }

    private static let initialisation: JSON = [
        ["encoding": "UTF8"], ["locale": "C.UTF-8"], "data-checksums", "no-sync", ["auth": "scram-sha-256"],
    ]

    private var postgresql: JSON {
        let place = SocketPlace(host: node.host, port: node.port).text
        return [
            "listen": .string(place), "connect_address": .string(place),
            "data_dir": .string(folders.data), "bin_dir": .string(programs),
            "pgpass": .string("\(folders.files)/pgpass"),
            "use_unix_socket": true, "use_unix_socket_repl": true,
            "authentication": [
                "superuser": account(ClusterAccounts.superuser, accounts.superuser),
                "replication": account(ClusterAccounts.replicator, accounts.replicator),
                "rewind": account(ClusterAccounts.rewinder, accounts.rewinder),
            ],
            "parameters": .object(ownParameters.map { JSON.Member($0.name, .string($0.value)) }),
            "pg_hba": .array(access.map(JSON.string)),
            "basebackup": [["checkpoint": "fast"]],
        ]
    }

    private func account(_ name: String, _ password: Secret) -> JSON {
        [
            "username": .string(name), "password": .string(password.reveal()), "sslmode": "verify-full",
            "sslrootcert": .string(identity.authority),
        ]
    }

    /// A name that stood twice would be a file of which the last half holds; where the node is and how it encrypts is
    /// said here, whatever else was decided.
    private var ownParameters: [(name: String, value: String)] {
        let fixed =
            [
                ("unix_socket_directories", folders.socket), ("unix_socket_permissions", "0700"), ("ssl", "on"),
                ("ssl_ca_file", identity.authority), ("ssl_cert_file", identity.certificate),
                ("ssl_key_file", identity.key),
            ] + (archiveCommand.map { [("archive_command", $0)] } ?? [])
        let names = Set(fixed.map(\.0))
        return parameters.filter { !names.contains($0.name) } + fixed
    }

    /// pg_hba.conf: the socket for this user's programs, encrypted connections for everybody else, passwords always.
    private var access: [String] {
        ["local all all scram-sha-256", "local replication \(ClusterAccounts.replicator) scram-sha-256"]
            + networks.flatMap { network in
                [
                    "hostssl replication \(ClusterAccounts.replicator) \(network) scram-sha-256",
                    "hostssl all all \(network) scram-sha-256",
                ]
            }
    }
}
