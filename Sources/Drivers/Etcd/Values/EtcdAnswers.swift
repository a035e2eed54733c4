/// What stands under some keys.
public struct EtcdRange: Hashable, Sendable {
    /// About the cluster; its revision is the one to watch after.
    public let header: EtcdHeader
    /// The keys and their values, in the order of the keys.
    public let values: [EtcdKeyValue]
    /// How many there are, also those that a limit left out.
    public let count: Int
    /// Whether a limit left some out.
    public let hasMore: Bool
}

/// How some keys are read.
public struct EtcdReading: Hashable, Sendable {
    /// The most values to be read; nil for all.
    public var limit: Int?
    /// The revision to read at; nil for the newest one.
    public var revision: Int64?
    /// Whether the values are left out.
    public var isWithoutValues = false
    /// Whether the member that is asked answers with what it has, which may be old, also while the cluster has no leader.
    public var isLocal = false

    /// The newest values, confirmed by the cluster.
    public init() {}
}

/// What became of a deletion.
public struct EtcdDeletion: Hashable, Sendable {
    /// About the cluster.
    public let header: EtcdHeader
    /// How many keys were deleted.
    public let count: Int
}

/// What became of a transaction.
public struct EtcdTransaction: Hashable, Sendable {
    /// About the cluster.
    public let header: EtcdHeader
    /// Whether all comparisons held, so that the operations of `then` were done and not those of `otherwise`.
    public let succeeded: Bool
    /// What the operations brought, in their order.
    public let outcomes: [Outcome]

    /// What an operation of a transaction brought.
    public enum Outcome: Hashable, Sendable {
        /// What was read.
        case range([EtcdKeyValue])
        /// Something was written.
        case put
        /// So many keys were deleted.
        case delete(Int)
    }
}

/// A member of a cluster, as the cluster knows it.
public struct EtcdMemberDescription: Hashable, Sendable {
    /// Its number.
    public let identity: UInt64
    /// Its name; empty as long as it has never been started.
    public let name: String
    /// Where the other members reach it.
    public let peerAddresses: [String]
    /// Where clients reach it.
    public let clientAddresses: [String]
    /// Whether it learns without a vote.
    public let isLearner: Bool
}

/// How a member stands.
public struct EtcdStatus: Hashable, Sendable {
    /// About the cluster.
    public let header: EtcdHeader
    /// The version of the program.
    public let version: String
    /// The number of the cluster's leader; nil when it knows none.
    public let leader: UInt64?
    /// How large its data is, in bytes.
    public let bytes: Int
    /// How much of that is in use.
    public let bytesInUse: Int
    /// The last entry of the log that it has.
    public let logIndex: UInt64
    /// The last entry that it has applied.
    public let appliedIndex: UInt64
    /// What it complains about.
    public let complaints: [String]

    /// Whether it leads the cluster.
    public var isLeader: Bool { leader == header.member }
}

/// Whether a member can serve reads and writes of the cluster.
public struct EtcdHealth: Hashable, Sendable {
    /// Whether it can.
    public let isHealthy: Bool
    /// Why not, in etcd's words, when it says so.
    public let reason: String?
}
