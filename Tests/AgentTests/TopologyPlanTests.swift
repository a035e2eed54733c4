import Basics
import Cluster
import Testing

@testable import Agent

@Suite("A plan leads from the cluster as it is to the one that is wanted") struct TopologyPlanTests {
    private func difference(_ running: [RunningSetting] = [], _ wanted: [ServerSetting] = []) -> SettingsDifference {
        SettingsDifference(from: running, to: wanted)
    }

    private func plan(
        _ nodes: [String] = ["node1", "node2", "node3"], leader: String? = "node1", replicas: Int = 2,
        _ disagreements: [String] = [], _ difference: SettingsDifference? = nil
    ) -> TopologyPlan {
        TopologyPlan(
            nodes: nodes, leader: leader, replicas: replicas, disagreements: disagreements,
            difference: difference ?? self.difference())
    }

    private var memory: SettingsDifference {
        difference(
            [RunningSetting("shared_buffers", "8192", unit: "8kB", kind: "integer", context: "postmaster")],
            [ServerSetting("shared_buffers", "48MB", .memory, "a share")])
    }

    @Test("A cluster that is as it should be has no steps")
    func nothing() {
        #expect(plan().steps == [])
        #expect(plan().text.lines == ["the cluster is as the configuration wants it"])
    }

    @Test("Nodes that come take the lowest free numbers, after the settings that make room for them")
    func growing() {
        let plan = plan(["node1", "node3"], replicas: 3, ["ttl"], memory)
        #expect(
            plan.steps == [
                .agree(["ttl"]), .settings(.reload), .settings(.restartReplicas(keeping: [])), .settings(.switchOver),
                .settings(.restartFormerPrimary), .add("node2"), .add("node4"),
            ])
        #expect(plan.settings == ["shared_buffers: 64 MB -> 48MB"])
    }

    @Test("Nodes of the highest numbers go first, ten after nine, and before settings that take their share")
    func shrinking() {
        let nodes = (1...11).map { "node\($0)" }
        let plan = plan(nodes, replicas: 8, [], memory)
        #expect(plan.steps.prefix(2) == [.remove("node11"), .remove("node10")])
        #expect(plan.steps.last == .settings(.restartFormerPrimary))
    }

    @Test("A node that leads and is to go hands over first")
    func leaving() {
        #expect(plan(leader: "node3", replicas: 1).steps == [.handOver("node3"), .remove("node3")])
        #expect(plan(leader: "node2", replicas: 1).steps == [.remove("node3")])
    }

    @Test("A cluster of one restarts in place, for there is nobody to take over")
    func alone() {
        let steps = plan(["node1"], replicas: 0, [], memory).steps
        #expect(steps == [.settings(.reload), .settings(.restartPrimary)])
        // With the last replica gone it is one, too.
        let last = plan(["node1", "node2"], replicas: 0, [], memory).steps
        #expect(last == [.remove("node2"), .settings(.reload), .settings(.restartPrimary)])
    }
}
