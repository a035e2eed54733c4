import Basics
package import Cluster

/// What lies between a cluster as it is and as the configuration wants it, in the order in which it is done. A cluster that
/// is as it should be has no steps, so that doing it twice is doing it once.
package struct TopologyPlan: Equatable, Sendable {
    /// A step; each begins when the one before it is done.
    package enum Step: Equatable, Sendable {
        /// All nodes agree on new values of these, without a restart.
        case agree([String])
        /// A step of a change of PostgreSQL's settings.
        case settings(SettingsRollout.Step)
        /// Another replica is made.
        case add(String)
        /// Another node leads instead of this one, which is to go.
        case handOver(String)
        /// A replica goes; its data is set aside.
        case remove(String)
    }

    /// The steps.
    package let steps: [Step]
    /// The settings that differ, for people.
    package let settings: [String]

    /// Decides. Settings that share the machine's memory go ahead of a node that comes, and after one that goes.
    init(
        nodes: [String], leader: String?, replicas: Int, disagreements: [String], difference: SettingsDifference
    ) {
        let wanted = replicas + 1
        let rollout = SettingsRollout(of: difference, replicas: min(nodes.count, wanted) - 1).steps.map(Step.settings)
        let numbers = Set(nodes.compactMap(Self.number))
        let free = (1...).lazy.filter { !numbers.contains($0) }.prefix(max(0, wanted - nodes.count))
        let leaving = nodes.sorted { (Self.number($0) ?? 0) > (Self.number($1) ?? 0) }
            .prefix(max(0, nodes.count - wanted))
        var steps: [Step] = disagreements.isEmpty ? [] : [.agree(disagreements)]
        if leaving.isEmpty { steps += rollout }
        steps += free.map { .add("node\($0)") }
        if let leader, leaving.contains(leader) { steps.append(.handOver(leader)) }
        steps += leaving.map { .remove($0) }
        if !leaving.isEmpty { steps += rollout }
        self.steps = steps
        settings = difference.items.map { "\($0.name): \($0.runningText) -> \($0.wanted)" }
    }

    private static func number(_ node: String) -> Int? { Int(node.drop { !$0.isNumber }) }
}

extension TopologyPlan {
    /// As the agent tells it.
    var text: AgentClient.PlanText { .init(steps: steps.map(\.words), settings: settings) }
}

extension TopologyPlan.Step {
    /// The step for people.
    package var words: String {
        switch self {
        case .agree(let names): "all nodes agree on \(names.joined(separator: ", "))"
        case .settings(let step): step.words
        case .add(let name): "\(name) is made as a copy of the primary"
        case .handOver(let name): "another node leads instead of \(name)"
        case .remove(let name): "\(name) goes; its data is set aside"
        }
    }
}

extension SettingsRollout.Step {
    /// The step for people.
    var words: String {
        switch self {
        case .reload: "every node reads its settings again"
        case .restartReplicas: "the replicas restart, one after the other"
        case .switchOver: "a replica takes over, without an error for anybody"
        case .restartFormerPrimary: "the node that was the primary restarts"
        case .restartPrimary: "the primary restarts; statements wait meanwhile"
        case .awaitReplay: "the replicas catch up"
        }
    }
}
