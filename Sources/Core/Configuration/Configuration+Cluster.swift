extension Configuration {
    /// How many servers there are, and what becomes of them when one fails.
    public struct Cluster: Equatable, Sendable {
        /// When a commit is acknowledged.
        public enum Durability: String, CaseIterable, Sendable {
            /// When a replica has it, as long as there is one. Nothing acknowledged is lost with a primary; with no
            /// replica left, work goes on.
            case synchronous
            /// When a replica has it, always: with no replica left, writes wait.
            case strict
            /// At once: the fastest, and a failover may lose the last commits, at most 1 MB of them.
            case asynchronous
        }

        /// How quickly a failure that nobody sees is believed: a machine that is gone, frozen or cut off.
        public enum Profile: String, CaseIterable, Sendable {
            /// The shortest that Patroni supports.
            case `default`
            /// Four times as fast, below what Patroni supports: for machines beside each other that are never
            /// overloaded.
            case lan
        }

        /// The replicas beside the primary.
        public var replicas = 2
        /// When a commit is acknowledged.
        public var durability = Durability.synchronous
        /// How quickly a failure is believed.
        public var profile = Profile.default
        /// The port of the first node's Patroni; the others follow it.
        public var managementPort = 8008
        /// The port of etcd; its members speak to each other on the next one.
        public var etcdPort = 2379
        /// The port at which the agents of several hosts reach each other.
        public var agentPort = 7433
        /// The folder of Patroni's virtual environment; nil when it is looked for.
        public var patroni: String?

        /// The defaults.
        public init() {}
    }

    /// The poolers, through which everybody but the platform itself reaches the database.
    public struct Pooler: Equatable, Sendable {
        /// The port for applications: a server connection is theirs for a transaction.
        public var port = 6432
        /// The port for migrations and notifications: a server connection is theirs until they go.
        public var sessionPort = 6433
        /// The clients that are served at a time.
        public var clients = 1000

        /// The defaults.
        public init() {}
    }
}
