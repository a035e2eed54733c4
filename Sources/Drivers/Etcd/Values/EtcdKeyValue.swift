/// A key with its value, as it stood at some revision.
public struct EtcdKeyValue: Hashable, Sendable {
    /// The key.
    public let key: EtcdKey
    /// The value; empty in an event that tells of a deletion.
    public let value: [UInt8]
    /// The revision that made the key.
    public let createRevision: Int64
    /// The revision that changed it last.
    public let modRevision: Int64
    /// How often it was written since it was made; 0 in an event that tells of a deletion.
    public let version: Int64
    /// The lease with which it ends; nil when it stays.
    public let lease: EtcdLease.Identity?

    /// The value as text; nil when it is not UTF-8.
    public var text: String? { String(validating: value, as: UTF8.self) }
}

/// What every answer tells about the cluster that it came from.
public struct EtcdHeader: Hashable, Sendable {
    /// The cluster.
    public let cluster: UInt64
    /// The member that answered.
    public let member: UInt64
    /// The revision of the store when it answered; 0 where the answer is not about the store.
    public let revision: Int64
    /// The term of the consensus.
    public let term: UInt64
}
