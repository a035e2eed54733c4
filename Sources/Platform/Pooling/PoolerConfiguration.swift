package import Basics

/// The files of one PgBouncer process, as text.
package struct PoolerConfiguration: Equatable, Sendable {
    /// What a client keeps a server connection for.
    package enum Mode: String, Sendable, CaseIterable {
        /// A transaction: for the application.
        case transaction
        /// Its whole session: for migrations and LISTEN.
        case session
    }

    /// The files of TLS.
    package struct Encryption: Equatable, Sendable {
        /// The pooler's certificate, with those between it and the authority.
        package var certificate: String
        /// Its key.
        package var key: String
        /// The authority that the servers' certificates must come from.
        package var authority: String

        /// The three files.
        package init(certificate: String, key: String, authority: String) {
            self.certificate = certificate
            self.key = key
            self.authority = authority
        }
    }

    /// What a client keeps a server connection for.
    package var mode: Mode
    /// The folder of these files and of the console's socket.
    package var folder: String
    /// The address that it listens on.
    package var host: String
    /// The port.
    package var port: Int
    /// The databases.
    package var databases: [PoolerDatabase]
    /// Where they are.
    package var topology: PoolerTopology
    /// How many connections there may be.
    package var plan: PoolerPlan
    /// The certificates.
    package var encryption: Encryption
    /// The user of this machine who may use the console.
    package var administrator: String
    /// Whether its pools have half their size, because another process serves the same port for the moment.
    package var isHalved = false

    /// The port of transactions, unless told otherwise.
    package static let transactionPort = 6432
    /// The port of sessions, unless told otherwise.
    package static let sessionPort = 6433

    /// One process.
    package init(
        _ mode: Mode, folder: String, host: String = "127.0.0.1", port: Int? = nil, databases: [PoolerDatabase],
        topology: PoolerTopology, plan: PoolerPlan, encryption: Encryption, administrator: String
    ) {
        self.mode = mode
        self.folder = folder
        self.host = host
        self.port = port ?? (mode == .transaction ? Self.transactionPort : Self.sessionPort)
        self.databases = databases
        self.topology = topology
        self.plan = plan
        self.encryption = encryption
        self.administrator = administrator
    }

    /// Where the settings stand.
    package var settingsPath: String { "\(folder)/pgbouncer.ini" }
    /// The folder of the console's socket.
    package var socketFolder: String { "\(folder)/console" }

    /// The names that clients use, those of read pools too.
    package var aliases: [String] {
        databases.flatMap { mode == .transaction ? [$0.alias, $0.readAlias] : [$0.alias] }
    }

    /// pgbouncer.ini.
    package var settingsFile: String {
        let sections = [
            "[databases]\n" + databases.map(lines).joined(separator: "\n"), "[pgbouncer]\n" + network, pools, access,
            waits, logging,
        ]
        return "; Written by Parlor. Change parlor.yaml instead.\n\n" + sections.joined(separator: "\n\n") + "\n"
    }

    /// The passwords that PgBouncer itself signs in with, and the console's user, who needs none.
    package func usersFile(password: Secret) -> String {
        "\(Self.user(PoolerAuthentication.role, password.reveal()))\n\(Self.user(administrator, ""))\n"
    }

    /// Who may sign in from where: the console through its socket alone, the pooler's own role not at all.
    package var accessFile: String {
        let role = PoolerAuthentication.role
        return """
            # Written by Parlor.
            local   pgbouncer  \(Self.field(administrator))  peer
            local   all        all      reject
            host    pgbouncer  all      0.0.0.0/0  reject
            host    pgbouncer  all      ::/0       reject
            host    all        \(role)   0.0.0.0/0  reject
            host    all        \(role)   ::/0       reject
            hostssl all        all      0.0.0.0/0  scram-sha-256
            hostssl all        all      ::/0       scram-sha-256

            """
    }

    // MARK: - Parts

    private func lines(_ database: PoolerDatabase) -> String {
        let name = "dbname=\(Self.value(database.name))"
        func line(_ alias: String, _ hosts: [String], _ port: Int, _ count: Int) -> String {
            let list = Self.value(hosts.joined(separator: ","))
            return
                "\(alias) = host=\(list) port=\(port) \(name) pool_size=\(size(count)) max_db_connections=\(size(count))"
        }
        let leader = topology.leader
        guard mode == .transaction else {
            return line(database.alias, [leader.host], leader.port, plan.sessions.value)
        }
        let readers = topology.readers
        return line(database.alias, [leader.host], leader.port, plan.transactions.value) + "\n"
            + line(database.readAlias, readers.hosts, readers.port, plan.reads.value)
    }

    private var network: String {
        """
        listen_addr = \(host)
        listen_port = \(port)
        ; While it is restarted another process takes its new clients.
        so_reuseport = 1
        ; After a failover everybody comes back at once.
        listen_backlog = 4096
        unix_socket_dir = \(socketFolder)
        unix_socket_mode = 0700
        client_tls_sslmode = require
        client_tls_cert_file = \(encryption.certificate)
        client_tls_key_file = \(encryption.key)
        client_tls_protocols = secure
        server_tls_sslmode = verify-full
        server_tls_ca_file = \(encryption.authority)
        server_tls_protocols = secure
        tcp_keepalive = 1
        tcp_keepidle = 3
        tcp_keepintvl = 1
        tcp_keepcnt = 3
        ; A peer that takes nothing for so many milliseconds is gone.
        tcp_user_timeout = 3000
        """
    }

    private var pools: String {
        """
        pool_mode = \(mode.rawValue)
        ; \(clientsMax.reason)
        max_client_conn = \(clientsMax.value)
        ; \(poolSize.reason)
        default_pool_size = \(size(poolSize.value))
        max_db_connections = \(size(poolSize.value))
        ; Connections beyond these would be beyond what the plan has counted.
        reserve_pool_size = 0
        ; Set to 1 for the moment of a RELOAD, which puts it back.
        max_user_connections = 0
        server_round_robin = 1
        server_reset_query = DISCARD ALL
        """
    }

    private var access: String {
        """
        auth_type = hba
        auth_hba_file = \(folder)/access.conf
        auth_file = \(folder)/users.txt
        auth_user = \(PoolerAuthentication.role)
        auth_query = \(PoolerAuthentication.query)
        admin_users = \(administrator)
        ; What drivers send and what changes no result. Others are refused: leaving out an option or a search_path that
        ; somebody relies on would be worse.
        ignore_startup_parameters = extra_float_digits,geqo
        """
    }

    private var waits: String {
        """
        ; A server that comes back is found within a tenth of a second.
        server_login_retry = 0.1
        server_connect_timeout = 2
        ; Sessions leave the old leader too, as soon as they have no transaction open.
        server_fast_close = 1
        server_lifetime = 3600
        server_idle_timeout = 600
        server_check_delay = 10
        ; Longer than the slowest failover; who waits longer learns that nothing answers.
        query_wait_timeout = 45
        client_login_timeout = 60
        ; An abandoned transaction would keep a connection from everybody else. Sessions may take their time.
        idle_transaction_timeout = \(mode == .transaction ? 60 : 0)
        ; How long a statement may take is the server's to decide.
        query_timeout = 0
        suspend_timeout = 5
        """
    }

    private var logging: String {
        """
        ; Not for each client, of whom there are many.
        log_connections = 0
        log_disconnections = 0
        log_pooler_errors = 1
        log_stats = 0
        stats_period = 15
        """
    }

    private var clientsMax: PoolerPlan.Figure { mode == .transaction ? plan.clientsMax : plan.sessionClientsMax }
    private func size(_ count: Int) -> Int { isHalved ? max(1, count / 2) : count }
    private var poolSize: PoolerPlan.Figure { mode == .transaction ? plan.transactions : plan.sessions }

    // MARK: - Quoting

    /// A value of a connection string: single quotes, doubled inside.
    static func value(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

    private static func user(_ name: String, _ password: String) -> String {
        "\"\(name.replacing("\"", with: "\"\""))\" \"\(password.replacing("\"", with: "\"\""))\""
    }

    private static func field(_ name: String) -> String { "\"\(name)\"" }
}
