/// What a server is to others.
package enum ServerRole: Equatable, Sendable {
    /// It stands alone.
    case solo
    /// It is one of a cluster, as its primary or as one of its replicas: each member must be able to be either.
    case member(replicas: Int)

    /// Whether it is one of a cluster.
    package var isMember: Bool { self != .solo }
}
