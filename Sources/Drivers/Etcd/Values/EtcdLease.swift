/// A time after which keys end by themselves, unless it is begun anew before.
public struct EtcdLease: Hashable, Sendable {
    /// The number of a lease.
    public struct Identity: Hashable, Sendable, CustomStringConvertible {
        /// The number, never 0.
        public let number: Int64

        /// A lease's number; nil for 0, which stands for no lease.
        public init?(_ number: Int64) {
            guard number != 0 else { return nil }
            self.number = number
        }

        /// Hexadecimal digits, as etcd's own tools write it.
        public var description: String { String(UInt64(bitPattern: number), radix: 16) }
    }

    /// Which one.
    public let identity: Identity
    /// How long it lasts from now on.
    public let timeToLive: Duration
}

/// A lease as it stands.
public struct EtcdLeaseStatus: Hashable, Sendable {
    /// What is left of it.
    public let remaining: Duration
    /// What it was granted.
    public let granted: Duration
    /// The keys that end with it; empty unless they were asked for.
    public let keys: [EtcdKey]
}
