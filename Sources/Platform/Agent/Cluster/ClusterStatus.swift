package import Basics
package import Cluster

/// A cluster as `cluster status` shows it.
package struct ClusterStatus: Equatable, Sendable {
    /// A server.
    package struct Node: Equatable, Sendable {
        /// The name.
        package var name: String
        /// The role.
        package var role: NodeRole
        /// What it does, in Patroni's words, like `streaming`; or what the primary says, and `diverged`.
        package var state: String
        /// Where it is reached.
        package var address: String
        /// The timeline.
        package var timeline: Int?
        /// How many bytes of the log it has still to replay; nil for the primary, and when nobody knows.
        package var lagBytes: Int?
        /// How many seconds ago the primary wrote what it replays now; nil as above.
        package var lagSeconds: Double?
        /// Whether settings wait for a restart.
        package var isRestartPending: Bool
        /// Whether it does what its role asks for.
        package var isWell: Bool

        /// The state of a node that has log which the primary never had.
        package static let diverged = "diverged"
    }

    /// A place in the log that the primary keeps for a replica.
    package struct Slot: Equatable, Sendable {
        /// The name.
        package var name: String
        /// Whether the replica is connected.
        package var isActive: Bool
        /// How many bytes of the log are kept for it.
        package var retained: Int?
        /// `reserved`, `extended`, `unreserved` or `lost`, as PostgreSQL says.
        package var health: String?
    }

    /// A primary that was replaced.
    package struct Succession: Equatable, Sendable {
        /// The timeline that ended.
        package var timeline: Int
        /// When.
        package var moment: Timestamp?
        /// Who followed.
        package var leader: String?
    }

    /// A copy of the primary that is being made.
    package struct Copy: Equatable, Sendable {
        /// The node that it is for.
        package var node: String
        /// How many bytes are done.
        package var done: Int
        /// Of how many; nil as long as the primary does not know.
        package var total: Int?
    }

    /// A certificate that should have been renewed by now: something keeps it from that.
    package struct Expiry: Equatable, Sendable {
        /// Whose it is; `ca` for the authority's.
        package var part: String
        /// When it ends.
        package var moment: Timestamp
    }

    /// The node that leads; nil when nobody does.
    package var leader: String?
    /// When a commit is acknowledged, in the configuration's word.
    package var durability: String
    /// How quickly failures are believed, in the configuration's word.
    package var profile: String
    /// The nodes, by their names.
    package var nodes: [Node]
    /// The slots of the primary.
    package var slots: [Slot] = []
    /// The last primaries that were replaced, the newest last.
    package var history: [Succession] = []
    /// The copies that are being made.
    package var copies: [Copy] = []
    /// The certificates of this host that nobody renews.
    package var expiring: [Expiry] = []
    /// The node that the poolers lead to.
    package var poolersLeadTo: String?
    /// Whether the poolers hold statements back, because nobody leads.
    package var isHeld = false

    /// Whether there is a primary that the poolers lead to, and every node does what its role asks for.
    package var isWell: Bool { leader != nil && poolersLeadTo == leader && !isHeld && nodes.allSatisfy(\.isWell) }
}

/// The documented form of `cluster status --json`.
extension ClusterStatus {
    /// As JSON.
    package var json: JSON {
        [
            "leader": .text(leader), "healthy": .bool(isWell), "durability": .string(durability),
            "profile": .string(profile),
            "nodes": .array(nodes.map(\.json)), "slots": .array(slots.map(\.json)),
            "history": .array(history.map(\.json)), "copies": .array(copies.map(\.json)),
            "expiring": .array(expiring.map(\.json)),
            "poolers": ["leader": .text(poolersLeadTo), "held": .bool(isHeld)],
        ]
    }

    /// Reads what `json` wrote.
    package init(json: JSON) throws(ParlorError) {
        guard let durability = json["durability"]?.text, let profile = json["profile"]?.text,
            let nodes = json["nodes"]?.elements, let slots = json["slots"]?.elements,
            let history = json["history"]?.elements
        else { throw AgentClient.unreadable }
        self.init(
            leader: json["leader"]?.text, durability: durability, profile: profile,
            nodes: try nodes.map { json throws(ParlorError) in try Node(json: json) },
            slots: try slots.map { json throws(ParlorError) in try Slot(json: json) },
            history: try history.map { json throws(ParlorError) in try Succession(json: json) },
            copies: try (json["copies"]?.elements ?? []).map { json throws(ParlorError) in try Copy(json: json) },
            expiring: try (json["expiring"]?.elements ?? []).map { json throws(ParlorError) in try Expiry(json: json) },
            poolersLeadTo: json["poolers"]?["leader"]?.text, isHeld: json["poolers"]?["held"]?.boolean ?? false)
    }
}

extension ClusterStatus.Node {
    fileprivate var json: JSON {
        [
            "name": .string(name), "role": .string(role.rawValue), "state": .string(state),
            "address": .string(address), "timeline": .whole(timeline), "lag_bytes": .whole(lagBytes),
            "lag_seconds": lagSeconds.map(JSON.number) ?? .null, "restart_pending": .bool(isRestartPending),
            "well": .bool(isWell),
        ]
    }

    fileprivate init(json: JSON) throws(ParlorError) {
        guard let name = json["name"]?.text, let state = json["state"]?.text, let address = json["address"]?.text,
            let role = json["role"]?.text.flatMap(NodeRole.init(rawValue:))
        else { throw AgentClient.unreadable }
        self.init(
            name: name, role: role, state: state, address: address, timeline: json["timeline"]?.int,
            lagBytes: json["lag_bytes"]?.int, lagSeconds: json["lag_seconds"]?.seconds,
            isRestartPending: json["restart_pending"]?.boolean ?? false, isWell: json["well"]?.boolean ?? false)
    }
}

extension ClusterStatus.Slot {
    fileprivate var json: JSON {
        [
            "name": .string(name), "active": .bool(isActive), "retained_bytes": .whole(retained),
            "health": .text(health),
        ]
    }

    fileprivate init(json: JSON) throws(ParlorError) {
        guard let name = json["name"]?.text, let isActive = json["active"]?.boolean else {
            throw AgentClient.unreadable
        }
        self.init(
            name: name, isActive: isActive, retained: json["retained_bytes"]?.int, health: json["health"]?.text)
    }
}

extension ClusterStatus.Copy {
    fileprivate var json: JSON {
        ["node": .string(node), "copied_bytes": .integer(done), "total_bytes": .whole(total)]
    }

    fileprivate init(json: JSON) throws(ParlorError) {
        guard let node = json["node"]?.text, let done = json["copied_bytes"]?.int else { throw AgentClient.unreadable }
        self.init(node: node, done: done, total: json["total_bytes"]?.int)
    }
}

extension ClusterStatus.Expiry {
    fileprivate var json: JSON { ["part": .string(part), "at": .string(moment.rfc3339)] }

    fileprivate init(json: JSON) throws(ParlorError) {
        guard let part = json["part"]?.text, let moment = json["at"]?.text.flatMap(Timestamp.init(rfc3339:)) else {
            throw AgentClient.unreadable
        }
        self.init(part: part, moment: moment)
    }
}

extension ClusterStatus.Succession {
    fileprivate var json: JSON {
        ["timeline": .integer(timeline), "at": .text(moment?.rfc3339), "leader": .text(leader)]
    }

    fileprivate init(json: JSON) throws(ParlorError) {
        guard let timeline = json["timeline"]?.int else { throw AgentClient.unreadable }
        self.init(
            timeline: timeline, moment: json["at"]?.text.flatMap(Timestamp.init(rfc3339:)),
            leader: json["leader"]?.text)
    }
}

extension JSON {
    fileprivate var seconds: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
    fileprivate static func whole(_ number: Int?) -> JSON { number.map(JSON.integer) ?? .null }
}
