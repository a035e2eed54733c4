import Agent
import Basics
import State

extension Command {
    /// `parlor cluster`, which leads to what one does with the servers of a cluster.
    static let cluster = Command(
        CommandDeclaration(
            name: "cluster",
            group: .operations,
            summary: "Look after the primary and its replicas",
            discussion: """
                One node of the cluster is the primary; the others follow it and take over when it fails, by themselves.
                These commands show how they stand, and do by hand what a person has to decide. They ask the agent,
                so the system must run.
                """,
            examples: [
                .init("parlor cluster status", "Who leads, and how far the others are"),
                .init("parlor cluster switchover", "Another primary, without an error for anybody"),
            ]),
        subcommands: [
            .clusterStatus, .clusterPlan, .clusterApply, .clusterAddReplica, .clusterRemoveReplica, .clusterSwitchover,
            .clusterFailover, .clusterRebuild, .clusterInvite, .clusterJoin,
        ])
}

extension Invocation {
    /// The agent of the state folder; throws where there is none to ask.
    func agent() throws -> AgentClient {
        guard let state = try Workplace(self).enterStateFolder() else { throw Self.nothingRuns }
        return AgentClient(state, on: loop)
    }

    static var nothingRuns: ParlorError {
        ParlorError(.notRunning, "nothing runs", hint: "Start it with \"./parlor up\".")
    }
}

extension OptionDeclaration {
    /// The node that is to lead.
    static let to = value("to", ValueDeclaration("<node>"), "The node that is to lead, instead of the best one")
}
