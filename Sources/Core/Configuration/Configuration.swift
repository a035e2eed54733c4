public import Basics

/// Everything that can be set about Parlor, each value with its documented default.
///
/// `ConfigurationKey.all` names every value and says where it is read from.
public struct Configuration: Equatable, Sendable {
    /// The unprivileged user that children run as when Parlor is started as root.
    public var runAs = "parlor"
    /// The machines that the cluster stands on.
    public var hosts = HostList()
    /// What is logged, and how.
    public var log = Log()
    /// Where the service listens.
    public var api = API()
    /// The PostgreSQL server, private or somebody else's.
    public var database = Database()
    /// How many servers there are, and what becomes of them when one fails.
    public var cluster = Cluster()
    /// The poolers.
    public var pooler = Pooler()
    /// The Redis server.
    public var redis = Redis()
    /// What is kept of the data beside the data.
    public var backups = Backups()
    /// With what single fields are sealed.
    public var sealing = Sealing()
    /// Whom Parlor tells that something happened.
    public var notifications = Notifications()
    /// Who does what follows from requests.
    public var worker = Worker()
    /// The app at WhatsApp through which salons are reached.
    public var whatsApp = WhatsApp()

    /// The defaults.
    public init() {}
}

extension Configuration {
    /// What is logged, and how.
    public struct Log: Equatable, Sendable {
        /// How much a message must matter to be written.
        public enum Level: String, CaseIterable, Sendable { case debug, info, warning, error }
        /// How a message is written; `auto` is text on a terminal and JSON elsewhere.
        public enum Format: String, CaseIterable, Sendable { case auto, json, text }

        /// The least level that is written.
        public var level = Level.info
        /// How messages are written.
        public var format = Format.auto
        /// The size at which a log file is put aside and a new one begun.
        public var rotateAt = ByteCount.megabytes(10)
        /// How many files that were put aside are kept.
        public var keep = 5

        /// The defaults.
        public init() {}
    }

    /// Where the service listens.
    public struct API: Equatable, Sendable {
        /// The address.
        public var host = "127.0.0.1"
        /// The port.
        public var port = 3000
        /// How many threads answer requests; nil leaves it to the service.
        public var loops: Int?
        /// How many requests that read a salon may send in a minute.
        public var readsPerMinute = 6000
        /// How many requests that change something a salon may send in a minute.
        public var writesPerMinute = 1200
        /// How many times an address may try to sign in in a minute.
        public var signInsPerMinute = 30
        /// How long a session lasts that nobody uses.
        public var sessionIdle = Duration.seconds(7 * 86_400)
        /// How long a session lasts at most.
        public var sessionLifetime = Duration.seconds(30 * 86_400)

        /// The defaults.
        public init() {}
    }

    /// With what single fields are sealed, such as access tokens.
    public struct Sealing: Equatable, Sendable {
        /// Master secrets by their numbers, the newest with the highest; nil when nothing can be sealed.
        public var keys: SealingSecrets?

        /// The defaults.
        public init() {}
    }

    /// Who does what follows from requests.
    public struct Worker: Equatable, Sendable {
        /// Whether the service does it itself; otherwise `parlor worker` does.
        public var withService = true
        /// The port on which `parlor worker` lets itself be watched; nil when nobody watches it.
        public var port: Int?

        /// The defaults.
        public init() {}
    }

    /// The Redis server.
    public struct Redis: Equatable, Sendable {
        /// The host.
        public var host = "localhost"
        /// The port.
        public var port = 6379
        /// The port of the private queue.
        public var queuePort = 6380
        /// The password; nil when the server wants none.
        public var password: Secret?
        /// The number of the database.
        public var database = 0
        /// Whether connections are encrypted.
        public var tls = false

        /// The defaults.
        public init() {}
    }
}
