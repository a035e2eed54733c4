import Basics
import Cluster
import Testing

@testable import Agent

@Suite("A switchover is looked at before anybody waits") struct SwitchoverCheckTests {
    private static func node(
        _ name: String, _ role: NodeRole = .replica, lag: Int? = 0, isWell: Bool = true
    ) -> ClusterStatus.Node {
        .init(
            name: name, role: role, state: isWell ? "streaming" : "stopped", address: "127.0.0.1:5432", timeline: 1,
            lagBytes: lag, isRestartPending: false, isWell: isWell)
    }

    private static let leader = node("node1", .leader, lag: nil)

    private static func check(
        _ nodes: [ClusterStatus.Node], durability: String = "synchronous", leader: String? = "node1",
        oldest: Duration? = nil, free: ByteCount = .gigabytes(1)
    ) -> SwitchoverCheck {
        let status = ClusterStatus(leader: leader, durability: durability, profile: "default", nodes: nodes)
        return SwitchoverCheck(status: status, oldestTransaction: oldest, free: free)
    }

    @Test("The synchronous replica takes over, though another one lags less")
    func synchronous() throws {
        let nodes = [Self.leader, Self.node("node2", lag: 0), Self.node("node3", .synchronous, lag: 900)]
        #expect(try Self.check(nodes).candidate(nil) == "node3")
        #expect(try Self.check(nodes, durability: "asynchronous").candidate("node2") == "node2")
    }

    @Test("Where commits wait for nobody, the replica that lags least takes over, of those that follow")
    func closest() throws {
        let nodes = [
            Self.leader, Self.node("node2", lag: 500), Self.node("node3", lag: 100),
            Self.node("node4", lag: 0, isWell: false),
        ]
        #expect(try Self.check(nodes, durability: "asynchronous").candidate(nil) == "node3")
    }

    @Test(
        "What stands against it is said in one sentence, with what to do",
        arguments: [
            (check([leader], leader: nil), nil, "nobody leads"),
            (check([leader, node("node2", .synchronous)]), "node1", "leads already"),
            (check([leader, node("node2", .synchronous)]), "node9", "there is no node node9"),
            (check([leader, node("node2")]), nil, "no replica is synchronous"),
            (check([leader, node("node2", isWell: false)]), nil, "no replica can take over"),
            (check([leader, node("node2"), node("node3", .synchronous)]), "node2", "node2 cannot take over"),
            (check([leader, node("node2", .synchronous, isWell: false)]), "node2", "node2 cannot take over"),
            (check([leader, node("node2", .synchronous, lag: 20 << 20)]), nil, "node2 is 20 MB behind"),
            (check([leader, node("node2", .synchronous)], oldest: .seconds(61)), nil, "open for"),
            (check([leader, node("node2", .synchronous)], free: .megabytes(99)), nil, "only 99 MB are free"),
        ])
    func refused(check: SwitchoverCheck, wanted: String?, words: String) throws {
        let error = try #require(throws: ParlorError.self) { try check.candidate(wanted) }
        #expect(error.what.contains(words))
        #expect(error.hint != nil)
    }

    @Test("A status goes over the agent's socket and comes back as it was")
    func wire() throws {
        var status = Self.check([Self.leader, Self.node("node2", .synchronous, lag: 12)]).status
        status.nodes[1].lagSeconds = 0.25
        status.slots = [.init(name: "node2", isActive: true, retained: 4711, health: "reserved")]
        status.history = [.init(timeline: 1, moment: Timestamp(seconds: 1_772_357_400), leader: "node1")]
        status.poolersLeadTo = "node1"
        status.isHeld = true
        #expect(try ClusterStatus(json: status.json) == status)
        #expect(throws: ParlorError.self) { try ClusterStatus(json: ["leader": "node1"]) }
    }

    @Test("An error goes over the agent's socket with its code, its reason and its hint")
    func wireError() {
        let error = ParlorError(.diskFull, "no room", why: "it is full", hint: "Free some.")
        let read = ParlorError(wire: error.wire)
        #expect((read.code, read.what, read.why, read.hint) == (.diskFull, "no room", "it is full", "Free some."))
    }
}
