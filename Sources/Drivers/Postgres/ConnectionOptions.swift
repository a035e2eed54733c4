public import Basics

/// Where a PostgreSQL server is, and who connects to it how.
public struct ConnectionOptions: Hashable, Sendable {
    /// How much of TLS a connection over TCP wants; a connection through a socket folder never has it.
    public enum SSLMode: String, Hashable, Sendable, CaseIterable {
        /// Never.
        case disable
        /// When the server offers it; gives no protection against someone in between.
        case prefer
        /// Always, without asking who the server is.
        case require
        /// Always, with a certificate that a known authority signed.
        case verifyAuthority = "verify-ca"
        /// Always, with a signed certificate that bears the host's name.
        case verifyFull = "verify-full"
    }

    /// What a server must be among several of which any might answer.
    public enum Target: String, Hashable, Sendable, CaseIterable {
        /// Whatever it is.
        case any
        /// Writes are accepted there.
        case readWrite = "read-write"
        /// No writes are accepted there.
        case readOnly = "read-only"
        /// It follows no other server.
        case primary
        /// It follows another server.
        case standby
        /// It follows another server; any, when no such server can be had.
        case preferStandby = "prefer-standby"
    }

    /// Where a server may be.
    public struct Place: Hashable, Sendable {
        /// A numeric address, a name, or the folder of the server's socket.
        public var host: String
        /// The port.
        public var port: Int

        /// A host and its port.
        public init(host: String, port: Int = 5432) {
            self.host = host
            self.port = port
        }
    }

    /// A numeric address, a name, or the folder of the server's socket, which begins with a slash.
    public var host: String
    /// The port; it is part of the socket's name too.
    public var port: Int
    /// The database.
    public var database: String
    /// The role.
    public var user: String
    /// The role's password; nil for a role that needs none.
    public var password: Secret?
    /// How much TLS is wanted.
    public var sslMode: SSLMode
    /// What `pg_stat_activity` shows.
    public var applicationName: String
    /// How long connecting may take in all.
    public var connectTimeout: Duration
    /// How long the end of a statement that was called off is waited for before the connection is given up.
    public var settlingTime: Duration
    /// Places that are tried after `host` and `port`, in order.
    public var alternatives: [Place]
    /// What the server must be; a place where it is something else is passed by.
    public var target: Target
    /// Further parameters of libpq by keyword, like `options` or `sslrootcert`; they win over what is set above.
    public var parameters: [String: String]

    /// Describes a connection.
    public init(
        host: String, port: Int = 5432, database: String, user: String, password: Secret? = nil,
        sslMode: SSLMode = .prefer,
        applicationName: String = "parlor", connectTimeout: Duration = .seconds(10),
        settlingTime: Duration = .seconds(5), alternatives: [Place] = [], target: Target = .any,
        parameters: [String: String] = [:]
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
        self.sslMode = sslMode
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.settlingTime = settlingTime
        self.alternatives = alternatives
        self.target = target
        self.parameters = parameters
    }

    /// Whether the host is a socket folder.
    public var isLocalSocket: Bool { host.hasPrefix("/") }

    /// The host and port as people write them, or the path of the socket.
    public var address: String {
        if isLocalSocket { return "\(host)/.s.PGSQL.\(port)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension ConnectionOptions: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The role, the address and the database.
    public var description: String { "\(user)@\(address)/\(database)" }

    /// The same: the other values may be secret.
    public var debugDescription: String { description }

    /// Nothing: a parameter may be a secret too.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
