import Agent
import Basics

extension Command {
    /// `parlor cluster status`.
    static let clusterStatus = Command(
        CommandDeclaration(
            name: "status",
            group: .operations,
            summary: "Show who leads, and how far the replicas are",
            discussion: """
                Shows for each node its role, its state and its timeline, and how much of the primary's log it has still
                to replay: in bytes, and in seconds since the primary wrote it. A synchronous replica has every commit
                that was acknowledged. Below stand slots that hold log back, and the last changes of the primary.
                """,
            options: [.watch, .json],
            examples: [
                .init("parlor cluster status", "How things are"),
                .init("parlor cluster status --watch", "The same, kept up to date until Ctrl-C"),
            ],
            success: "the cluster is shown, be it well or not",
            failures: [.notRunning, .cluster] + ErrorCode.stateFailures),
        work: { try await show($0) })

    private static func show(_ invocation: Invocation) async throws {
        let agent = try invocation.agent()
        let terminal = invocation.terminal
        try await LiveView(invocation: invocation) {
            guard let status = try await agent.cluster() else { throw Invocation.nothingRuns }
            let view = ClusterView(status)
            return .init(
                json: status.json, lines: view.lines(width: terminal.width, inColor: terminal.allowsColor()))
        }.show()
    }
}
