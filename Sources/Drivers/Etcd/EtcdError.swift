public import Basics

/// What went wrong between Parlor and etcd.
///
/// `description` holds addresses and etcd's own fixed sentences, never a key or a value.
public struct EtcdError: ExplainedError, Sendable {
    /// The kinds of failure that a caller may want to tell apart.
    public enum Kind: Hashable, Sendable {
        /// No connection to a member could be made, or it broke.
        case unreachable
        /// A member did not answer in time.
        case overdue
        /// A member answered that the cluster has no leader: too few members are there.
        case noLeader
        /// A member asks for a little patience.
        case busy
        /// A member does not admit this client, or does not allow what it wants.
        case refused
        /// There is no such lease, or it has ended.
        case leaseNotFound
        /// There is a lease of that number already.
        case leaseExists
        /// The revision is so old that it was thrown away.
        case compacted
        /// The revision has not come yet.
        case futureRevision
        /// The cluster's storage has reached its limit.
        case outOfSpace
        /// etcd does not accept the request for another reason.
        case rejected
        /// What came back is not what etcd says.
        case protocolViolation
        /// The caller asked for something that cannot be had.
        case unusable
    }

    /// Which of the kinds.
    public let kind: Kind
    /// Whether the request may have taken effect although it failed.
    public internal(set) var mayHaveRun: Bool
    /// The error for people.
    public let explained: ParlorError

    init(_ kind: Kind, mayHaveRun: Bool = false, _ explained: ParlorError) {
        self.kind = kind
        self.mayHaveRun = mayHaveRun
        self.explained = explained
    }

    /// Whether the same may succeed when it is tried again a little later.
    public var isTransient: Bool {
        switch kind {
        case .unreachable, .overdue, .noLeader, .busy: true
        default: false
        }
    }

    /// Whether it can be tried again without the danger that it is done twice.
    public var isSafeToRepeat: Bool { isTransient && !mayHaveRun }
}

extension EtcdError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Safe to show anybody.
    public var description: String { explained.description }

    /// Everything that is known.
    public var debugDescription: String { "[\(kind)] \(explained.debugDescription)" }
}
