public import Basics

extension Configuration {
    /// The PostgreSQL server, private or somebody else's.
    public struct Database: Equatable, Sendable {
        /// How a connection is encrypted, in libpq's words.
        public enum SSLMode: String, CaseIterable, Sendable {
            /// Never.
            case disable
            /// When the server offers it.
            case prefer
            /// Always, without asking who the server is.
            case require
            /// Always, with a certificate of a known authority.
            case verifyCA = "verify-ca"
            /// Always, with a certificate that bears the host's name.
            case verifyFull = "verify-full"
        }

        /// Whether Parlor runs a private server; otherwise it only connects to one that exists.
        public var managed = true
        /// The host.
        public var host = "127.0.0.1"
        /// The port.
        public var port = 5432
        /// The database.
        public var name = "whatsapp_saas"
        /// The role that the service connects as.
        public var user = "whatsapp_app"
        /// The role's password; nil when Parlor generates one.
        public var password: Secret?
        /// The schema that holds the tables.
        public var schema = "public"
        /// Whether a pooler answers there that lends a connection for one transaction only.
        public var pooled = false
        /// How connections are encrypted.
        public var sslMode = SSLMode.prefer
        /// The most connections that one process of the service opens.
        public var poolSize = 20
        /// How long a connection may take to be made.
        public var connectionTimeout = Duration.seconds(10)
        /// Whether every statement is logged.
        public var logging = false
        /// The most connections that the private server accepts.
        public var maxConnections = 200
        /// The memory that the private server is tuned for; nil for the machine's.
        public var memory: ByteCount?
        /// Settings of the private server that somebody decided on.
        public var settings = DatabaseSettings()
        /// The folder with `postgres` and `initdb`; nil when they are looked for.
        public var binaries: String?
        /// The folder of the migrations; nil for `schema/migrations` beside parlor.yaml.
        public var migrations: String?
        /// The certificate of the private server.
        public var ssl = SSL()

        /// The defaults.
        public init() {}
    }
}

extension Configuration.Database {
    /// The certificate that the private server shows its clients.
    public struct SSL: Equatable, Sendable {
        /// Whether the private server offers encrypted connections.
        public var enabled = false
        /// The certificate in PEM form.
        public var certificate: String?
        /// The certificate's private key in PEM form.
        public var key: String?
        /// The authorities in PEM form that the certificate of a server must come from; nil for the system's.
        public var authority: String?

        /// The defaults.
        public init() {}
    }

    /// Whether `host` names the machine that Parlor runs on.
    public var isLocal: Bool { HostName.isLoopback(host) }
}
