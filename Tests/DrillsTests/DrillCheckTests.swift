import Basics
import Cluster
import Drills
import Testing

@testable import Agent

@Suite struct DrillCheckTests {
    private static func node(
        _ name: String, _ role: NodeRole = .replica, isWell: Bool = true
    ) -> ClusterStatus.Node {
        .init(
            name: name, role: role, state: isWell ? "streaming" : "stopped", address: "127.0.0.1:5432", timeline: 1,
            lagBytes: 0, isRestartPending: false, isWell: isWell)
    }

    private static func check(
        _ nodes: [ClusterStatus.Node], durability: String = "synchronous", leader: String? = "node1",
        poolers: String? = "node1", isHeld: Bool = false
    ) -> DrillCheck {
        DrillCheck(
            ClusterStatus(
                leader: leader, durability: durability, profile: "default", nodes: nodes, poolersLeadTo: poolers,
                isHeld: isHeld))
    }

    private static let leader = node("node1", .leader)
    private static let nodes = [leader, node("node2", .synchronous), node("node3")]

    @Test("A cluster that is whole may be disturbed")
    func whole() throws {
        #expect(Self.check(Self.nodes).isWhole)
        #expect(try Self.check(Self.nodes).leader(for: [.postmaster, .node]).name == "node1")
    }

    @Test("Where nobody waits for replicas, nothing is killed, but a switchover may be")
    func asynchronous() throws {
        let check = Self.check([Self.leader, Self.node("node2")], durability: "asynchronous")
        #expect(try check.leader(for: [.switchover]).name == "node1")
        let error = try #require(throws: ParlorError.self) { try check.leader(for: [.node]) }
        #expect(error.what == "the cluster acknowledges what no replica has")
    }

    @Test(
        "What stands against it is said, with what to do",
        arguments: [
            (check([leader]), "the cluster has no replica", "nobody could take over"),
            (check(nodes, leader: nil), "nobody leads the cluster", nil),
            (
                check([leader, node("node2", isWell: false), node("node3", .synchronous)]),
                "the cluster is not well, so there is no drill", "node2 is stopped"
            ),
            (
                check([leader, node("node2")]), "the cluster is not well, so there is no drill",
                "no replica is synchronous"
            ),
            (
                check(nodes, poolers: "node2"), "the cluster is not well, so there is no drill",
                "the poolers do not lead to the primary"
            ),
            (
                check(nodes, isHeld: true), "the cluster is not well, so there is no drill",
                "the poolers hold statements back"
            ),
        ])
    func refused(check: DrillCheck, what: String, why: String?) throws {
        let error = try #require(throws: ParlorError.self) { try check.leader(for: [.node]) }
        #expect(error.code == .cluster && error.what == what && error.why == why)
        #expect(error.hint != nil)
        #expect(!check.isWhole || check.status.nodes.count == 1)
    }
}
