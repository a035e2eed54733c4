package import Configuration

/// How quickly a cluster decides that its primary is gone.
///
/// What the agent sees die it fences and hands over at once under every profile; these times are for what nobody sees: a
/// machine that is gone, frozen or cut off.
package typealias FailoverProfile = Configuration.Cluster.Profile

/// How many replicas must have a commit before it is acknowledged.
package typealias Durability = Configuration.Cluster.Durability

extension FailoverProfile {
    /// How many seconds the primary stays so without renewing its lease.
    package var lease: Int { self == .lan ? 5 : 20 }
    /// How often a node looks around, in seconds.
    package var interval: Int { 1 }
    /// How many seconds a node tries to reach etcd or PostgreSQL before it counts them as failed.
    package var retry: Int { self == .lan ? 2 : 5 }
    /// How long Patroni may be silent before its node is fenced: well before others may take the lease.
    package var silenceLimit: Duration { .milliseconds(lease * 600) }
}
