import Agent
import Basics

extension Command {
    /// `parlor cluster switchover`.
    static let clusterSwitchover = Command(
        CommandDeclaration(
            name: "switchover",
            group: .operations,
            summary: "Make another node the primary, without an error for anybody",
            discussion: """
                First it looks: whether the replica follows closely, no transaction has been open for long, and there is
                room on the disk; and it has the primary write a checkpoint. Then the pooler holds new transactions
                back, those that are open end, and the replica takes over; clients of the pooler wait for that moment
                and go on. Sessions on the pooler for sessions end and connect again.

                When transactions do not end within two seconds, or the replica does not take over, nothing changes
                and everybody goes on.
                """,
            options: [.to, .json],
            examples: [
                .init("parlor cluster switchover", "To the replica that is closest"),
                .init("parlor cluster switchover --to node2", "To this one"),
            ],
            success: "another node is the primary",
            failures: [.notRunning, .cluster, .diskFull, .timeout] + ErrorCode.stateFailures),
        work: { invocation in
            let result = try await invocation.agent().switchOver(to: invocation.command.value(of: .to))
            try show(result, invocation)
        })

    /// `parlor cluster failover`.
    static let clusterFailover = Command(
        CommandDeclaration(
            name: "failover",
            group: .operations,
            summary: "Make a node the primary when there is none, and say what that loses",
            discussion: """
                When a primary fails, a replica that has everything takes over by itself. This is for when none does:
                with durability asynchronous a replica that is too far behind, or with strict one that is not sure to
                have everything. It says how many bytes of the log the node lacks of what the last primary is known to
                have written, and wants a yes.

                While there is a primary it refuses: a switchover loses nothing.
                """,
            options: [.to, .yes, .json],
            examples: [.init("parlor cluster failover", "Say what would be lost, and ask")],
            success: "the node is the primary",
            failures: [.notRunning, .cluster, .notConfirmed] + ErrorCode.stateFailures),
        work: { invocation in
            let agent = try invocation.agent()
            let forecast = try await agent.forecast(to: invocation.command.value(of: .to))
            try confirm(forecast, invocation)
            try show(try await agent.failOver(to: forecast.candidate), invocation)
        })

    private static func confirm(_ forecast: FailoverForecast, _ invocation: Invocation) throws {
        let loss =
            switch forecast.missing {
            case 0: "it has everything that the last primary is known to have written"
            case let missing?: "it lacks \(ByteCount(missing)) that the last primary is known to have written"
            case nil: "nobody knows how far the last primary had written"
            }
        try invocation.confirm(
            "\(forecast.candidate) would lead: \(loss). Go on?",
            refused: "\(forecast.candidate) was not made the primary", why: loss)
    }

    private static func show(_ result: SwitchoverResult, _ invocation: Invocation) throws {
        if invocation.command.has(.json) { return try invocation.terminal.write(result.json.pretty + "\n") }
        let from = result.from.map { " in place of \($0)" } ?? ""
        try invocation.terminal.write("\(result.to) leads\(from); statements waited for \(result.stall.brief)\n")
    }
}
