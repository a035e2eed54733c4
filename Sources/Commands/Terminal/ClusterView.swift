package import Agent
import Basics
import Cluster

/// A cluster for people: a table of its nodes, what is worth a look, and a sentence that sums it up.
package struct ClusterView: Sendable {
    private let status: ClusterStatus
    private static let successionsMax = 3
    private static let retainedNotable = ByteCount.megabytes(64)

    /// A view of a cluster.
    package init(_ status: ClusterStatus) { self.status = status }

    /// The lines.
    package func lines(width: Int, inColor: Bool = false) -> [String] {
        let table = Table(columns: Self.columns, rows: status.nodes.map(row))
        let notes = expiring + diverged + copies + slots + successions
        return table.lines(fitting: width, inColor: inColor) + [""] + notes + (notes.isEmpty ? [] : [""])
            + wrapped(summary, width: width)
    }

    /// The sentence.
    package var summary: String {
        guard let leader = status.leader else { return "nobody leads; \(held)" }
        if status.poolersLeadTo != leader { return "\(leader) leads, and the poolers are being turned to it" }
        let ill = status.nodes.filter { !$0.isWell }
        guard ill.isEmpty else {
            let names = ill.map { "\($0.name) (\($0.state.printable))" }.joined(separator: ", ")
            return "\(leader) leads; not well: \(names)"
        }
        return "\(leader) leads, and all \(status.nodes.count) nodes are well; commits are \(durability)"
    }

    private var held: String {
        status.isHeld
            ? "the poolers hold statements back until somebody does" : "statements that write fail until somebody does"
    }

    private var durability: String {
        switch status.durability {
        case "asynchronous": "acknowledged before a replica has them"
        case "strict": "acknowledged when a replica has them, always"
        default: "acknowledged when a replica has them, as long as there is one"
        }
    }

    private static let columns: [Table.Column] = [
        Table.Column("NODE", maximum: 24), Table.Column("ROLE"), Table.Column("STATE", shrinks: true),
        Table.Column("TIMELINE", .right), Table.Column("LAG", .right), Table.Column("BEHIND", .right),
        Table.Column("ADDRESS"), Table.Column("NOTE", shrinks: true),
    ]

    private func row(_ node: ClusterStatus.Node) -> [Table.Cell] {
        let leads = node.name == status.leader
        return [
            Table.Cell(node.name), Table.Cell(leads ? "primary" : node.role.words, leads ? .bold : nil),
            Table.Cell(node.state, node.isWell ? .green : .red), Table.Cell(node.timeline.map(String.init) ?? "-"),
            Table.Cell(leads ? "-" : node.lagBytes.map { ByteCount($0).description } ?? "-"),
            Table.Cell(leads ? "-" : node.lagSeconds.map { Duration.seconds($0).brief } ?? "-"),
            Table.Cell(node.address), Table.Cell(node.isRestartPending ? "waits for a restart" : ""),
        ]
    }

    private var expiring: [String] {
        status.expiring.map {
            "the certificate of \($0.part.printable) ends at \($0.moment.rfc3339Seconds) and is not renewed: "
                + "\"./parlor logs agent\" tells why"
        }
    }

    private var copies: [String] {
        status.copies.map { copy in
            let total = copy.total.map { " of \(ByteCount($0))" } ?? ""
            return "\(copy.node.printable) is being copied: \(ByteCount(copy.done))\(total)"
        }
    }

    private var diverged: [String] {
        status.nodes.filter { $0.state == ClusterStatus.Node.diverged }.map { node in
            "\(node.name) has log that the primary never had; if it cannot be rewound, "
                + "\"./parlor cluster rebuild \(node.name)\" sets it aside"
        }
    }

    private var slots: [String] {
        status.slots.filter { !$0.isActive || ByteCount($0.retained ?? 0) > Self.retainedNotable }.map { slot in
            let kept = slot.retained.map { "keeps \(ByteCount($0)) of the log" } ?? "keeps nothing yet"
            let health = slot.health.map { ", \($0)" } ?? ""
            return "slot \(slot.name.printable) \(kept) (\(slot.isActive ? "in use" : "not in use")\(health))"
        }
    }

    private var successions: [String] {
        status.history.suffix(Self.successionsMax).map { change in
            let moment = change.moment.map { "\($0.rfc3339Seconds)  " } ?? ""
            return "\(moment)\(change.leader?.printable ?? "somebody") took over from timeline \(change.timeline)"
        }
    }
}

extension NodeRole {
    /// The role for people.
    package var words: String {
        switch self {
        case .primary, .leader: "primary"
        case .synchronous: "synchronous"
        case .replica: "replica"
        case .demoted: "demoted"
        case .uninitialized: "unknown"
        }
    }
}
