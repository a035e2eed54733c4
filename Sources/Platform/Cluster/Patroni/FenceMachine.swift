import Basics
package import Etcd

/// Decides when this machine's node is fenced and its lease handed over. It performs nothing and knows no clock.
///
/// A primary that dies keeps its lease until that runs out, and nobody is promoted before. Whoever has seen it die need
/// not wait: once no process of it is left, nothing can be acknowledged any more, and the lease can go.
///
/// Invariants:
/// - A lease is revoked only after `fenced`: when the kernel has said that no process of the node is left. That ends
///   what is known of it, so a lease leads to one fence, however many things tell of the same death.
/// - Only the lease that the node holds then is revoked, never another node's.
/// - A server that was told to stop is left alone: it takes its lock file with it, a dead one leaves it behind.
package struct FenceMachine: Equatable, Sendable {
    /// What has happened.
    package enum Event: Equatable, Sendable {
        /// The leader's key names a node and its lease; nil when there is no leader.
        case leader(name: String, lease: EtcdLease.Identity)
        /// There is no leader.
        case noLeader
        /// PostgreSQL has ended; its lock file is still there, or not.
        case serverEnded(leavingLock: Bool)
        /// Patroni has not answered for so long, though PostgreSQL runs.
        case silent(Duration)
        /// No process of the node is left.
        case fenced
        /// A process of the node does not die.
        case notFenced
    }

    /// What to do.
    package enum Action: Equatable, Sendable {
        /// Kill every process of the node, Patroni included, then report `fenced` or `notFenced`.
        case fence(reason: String)
        /// Take the lease away.
        case revoke(EtcdLease.Identity)
    }

    private let node: String
    private let silenceLimit: Duration
    private var lease: EtcdLease.Identity?
    private var isFencing = false

    /// The machine of a node. Patroni's silence is believed after `silenceLimit`, which is shorter than the lease.
    package init(_ node: String, silenceLimit: Duration) {
        self.node = node
        self.silenceLimit = silenceLimit
    }

    /// Takes what has happened and says what to do.
    package mutating func handle(_ event: Event) -> Action? {
        switch event {
        case .leader(let name, let lease):
            self.lease = name == node ? lease : nil
        case .noLeader:
            lease = nil
        case .serverEnded(let leavingLock):
            if leavingLock { return fence("PostgreSQL died") }
        case .silent(let duration):
            if duration >= silenceLimit { return fence("Patroni did not answer for \(duration.brief)") }
        case .fenced:
            isFencing = false
            defer { lease = nil }
            return lease.map { .revoke($0) }
        case .notFenced:
            isFencing = false
        }
        return nil
    }

    private mutating func fence(_ reason: String) -> Action? {
        guard lease != nil, !isFencing else { return nil }
        isFencing = true
        return .fence(reason: reason)
    }
}
