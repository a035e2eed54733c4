package import Basics
import Postgres

/// A role in a cluster, in Patroni's words.
package enum NodeRole: String, Sendable, CaseIterable {
    /// Takes writes.
    case primary
    /// Takes writes and holds the lease.
    case leader
    /// Follows, and has every commit that was acknowledged.
    case synchronous = "sync_standby"
    /// Follows.
    case replica
    /// Was the primary a moment ago.
    case demoted
    /// Nobody knows yet.
    case uninitialized

    /// Patroni has further words for the same; what is unknown is no primary.
    init(patroni word: String?) {
        switch word {
        case "master", "promoted": self = .primary
        case "quorum_standby": self = .synchronous
        default: self = word.flatMap(NodeRole.init(rawValue:)) ?? .replica
        }
    }
}

/// What a node says of itself.
package struct NodeState: Equatable, Sendable {
    /// The role.
    package var role: NodeRole
    /// What PostgreSQL does, like `running`.
    package var state: String
    /// The timeline that it is on.
    package var timeline: Int?
    /// The last position in the log: written by a primary, replayed by a replica.
    package var position: Int?
    /// How much of the log a replica has received.
    package var received: Int?
    /// Whether settings wait for a restart.
    package var isRestartPending: Bool
    /// Whether it goes on without etcd, because every other node agrees that it leads.
    package var isFailsafe: Bool

    init(json: JSON) throws(ParlorError) {
        guard let state = json["state"]?.text else { throw Self.unreadable("it does not say what PostgreSQL does") }
        self.state = state
        let isSynchronous = ["sync_standby", "quorum_standby"].contains { json[$0]?.boolean == true }
        role = isSynchronous ? .synchronous : NodeRole(patroni: json["role"]?.text)
        timeline = json["timeline"]?.int
        position = json["xlog"]?["location"]?.int ?? json["xlog"]?["replayed_location"]?.int
        received = json["xlog"]?["received_location"]?.int
        isRestartPending = json["pending_restart"]?.boolean ?? false
        // Replicas say it too, of the primary that they agreed to.
        isFailsafe = role == .primary && json["failsafe_mode_is_active"]?.boolean == true
    }

    static func unreadable(_ why: String) -> ParlorError {
        ParlorError(
            .protocolViolation, "the answer of Patroni cannot be read", why: why,
            hint: "See what it wrote with \"./parlor logs\" and the name of the node.")
    }
}

/// A member as the cluster sees it.
package struct MemberState: Equatable, Sendable {
    /// The name.
    package var name: String
    /// The role.
    package var role: NodeRole
    /// What it does: `running`, `streaming`, `in archive recovery`, `stopped`, `starting`, `crashed`, `creating replica`.
    package var state: String
    /// The address.
    package var host: String?
    /// PostgreSQL's port.
    package var port: Int?
    /// The timeline.
    package var timeline: Int?
    /// How far a replica has replayed the log; nil when that is not known.
    package var replayed: Int?
    /// How many bytes of the log it has still to receive; nil when that is not known.
    package var receiveLag: Int?
    /// How many bytes of the log it has still to replay; nil when that is not known.
    package var replayLag: Int?
    /// Whether settings wait for a restart.
    package var isRestartPending: Bool

    init(json: JSON) throws(ParlorError) {
        guard let name = json["name"]?.text, let state = json["state"]?.text else {
            throw NodeState.unreadable("a member has no name or no state")
        }
        self.name = name
        self.state = state
        role = NodeRole(patroni: json["role"]?.text)
        host = json["host"]?.text
        port = json["port"]?.int
        timeline = json["timeline"]?.int
        replayed = json["replay_lsn"]?.text.flatMap(PostgresWALPosition.init).map { Int($0.bytes) }
        receiveLag = json["receive_lag"]?.int
        replayLag = json["replay_lag"]?.int
        isRestartPending = json["pending_restart"]?.boolean ?? false
    }

    /// Whether it does what its role asks for.
    package var isWell: Bool { role == .leader || role == .primary ? state == "running" : state == "streaming" }

    /// Whether it has replayed log from where another node's became the cluster's: with that it can follow nobody. Patroni
    /// rewinds it, and leaves it as it is when that is not possible.
    package func isDiverged(from history: [TimelineEnd]) -> Bool {
        guard !isWell, role == .replica || role == .synchronous, let replayed,
            let end = history.first(where: { $0.timeline == timeline })
        else { return false }
        return replayed > end.position
    }
}

/// The end of a timeline: when a primary was replaced.
package struct TimelineEnd: Equatable, Sendable {
    /// The timeline that ended.
    package var timeline: Int
    /// Where in the log.
    package var position: Int
    /// PostgreSQL's words for why.
    package var reason: String
    /// When the next one began.
    package var moment: Timestamp?
    /// The primary of the next one.
    package var leader: String?

    init(json: JSON) throws(ParlorError) {
        guard let fields = json.elements, fields.count >= 3, let timeline = fields[0].int,
            let position = fields[1].int, let reason = fields[2].text
        else { throw NodeState.unreadable("the end of a timeline lacks its number, position or reason") }
        self.timeline = timeline
        self.position = position
        self.reason = reason
        moment = fields.count > 3 ? fields[3].text.flatMap(Timestamp.init(rfc3339:)) : nil
        leader = fields.count > 4 ? fields[4].text : nil
    }
}
