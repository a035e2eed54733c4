import Basics
import Cluster
import TestSupport
import Testing

@testable import Agent
@testable import Commands

@Suite struct ClusterViewTests {
    static let goldenNames = ["cluster-well", "cluster-leaderless", "cluster-diverged"]

    private func node(_ number: Int, _ role: NodeRole, _ state: String, lag: Int?, isWell: Bool) -> ClusterStatus.Node {
        .init(
            name: "node\(number)", role: role, state: state, address: "127.0.0.1:543\(number)",
            timeline: isWell ? 3 : nil, lagBytes: lag, lagSeconds: lag.map { Double($0) / 1_000_000 },
            isRestartPending: number == 3, isWell: isWell)
    }

    private func text(_ status: ClusterStatus) -> String {
        ClusterView(status).lines(width: 100).map { "\($0)\n" }.joined()
    }

    @Test("A cluster that is well")
    func well() {
        var status = ClusterStatus(
            leader: "node1", durability: "synchronous", profile: "default",
            nodes: [
                node(1, .leader, "running", lag: nil, isWell: true),
                node(2, .synchronous, "streaming", lag: 0, isWell: true),
                node(3, .replica, "streaming", lag: 4_200_000, isWell: true),
            ])
        status.poolersLeadTo = "node1"
        status.slots = [.init(name: "node3", isActive: true, retained: 90_000_000, health: "extended")]
        status.history = [.init(timeline: 2, moment: Timestamp(seconds: 1_772_357_400), leader: "node1")]
        status.copies = [.init(node: "node4", done: 40_000_000, total: 160_000_000)]
        #expect(status.isWell)
        expectGolden(text(status), "cluster-well")
    }

    @Test("A cluster with a node that went its own way says what mends it")
    func diverged() {
        var status = ClusterStatus(
            leader: "node2", durability: "synchronous", profile: "default",
            nodes: [
                node(1, .replica, "diverged", lag: nil, isWell: false),
                node(2, .leader, "running", lag: nil, isWell: true),
            ])
        status.poolersLeadTo = "node2"
        #expect(!status.isWell)
        expectGolden(text(status), "cluster-diverged")
    }

    @Test("A cluster that nobody leads")
    func leaderless() {
        var status = ClusterStatus(
            leader: nil, durability: "strict", profile: "lan",
            nodes: [
                node(1, .replica, "stopped", lag: nil, isWell: false),
                node(2, .uninitialized, "not there", lag: nil, isWell: false),
            ])
        status.isHeld = true
        status.expiring = [.init(part: "node1", moment: Timestamp(seconds: 1_772_357_400))]
        #expect(!status.isWell)
        expectGolden(text(status), "cluster-leaderless")
    }
}
