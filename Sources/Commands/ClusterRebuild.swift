import Agent
import Basics
import Loop

extension Command {
    /// `parlor cluster rebuild`.
    static let clusterRebuild = Command(
        CommandDeclaration(
            name: "rebuild",
            group: .operations,
            summary: "Copy a replica from the primary again",
            discussion: """
                For a replica that cannot go on with what it has. Its data is set aside beside the new one, and nothing
                deletes it; the output says where. How far the copy has come is shown until the replica follows. The primary
                cannot be rebuilt.
                """,
            arguments: [ArgumentDeclaration("node", "The replica")],
            options: [.json],
            examples: [.init("parlor cluster rebuild node3", "Copy node3 again, and wait until it follows")],
            success: "the replica follows the primary",
            failures: [.notRunning, .cluster, .diskFull, .timeout] + ErrorCode.stateFailures),
        work: { try await rebuild($0) })

    private static func rebuild(_ invocation: Invocation) async throws {
        let (agent, terminal) = (try invocation.agent(), invocation.terminal)
        let name = invocation.command.arguments.first ?? ""
        let aside = try await agent.rebuild(name)
        let isJSON = invocation.command.has(.json)
        if !isJSON, let aside { try terminal.write("its former data is in \(aside)\n") }
        let start = ContinuousClock.now
        var meter = ProgressMeter(
            isTerminal: terminal.isTerminal(), words: { "\(ByteCount($0)) copied" },
            rate: { "\(ByteCount($0)) a second" })
        defer { if !isJSON { try? terminal.write(meter.end()) } }
        while true {
            guard let status = try await agent.cluster() else { throw Invocation.nothingRuns }
            if status.nodes.contains(where: { $0.name == name && $0.isWell }) { break }
            if !isJSON, let copy = status.copies.first(where: { $0.node == name }), let total = copy.total {
                try terminal.write(meter.text(copy.done, of: total))
            }
            try await invocation.loop.sleep(for: .milliseconds(200))
        }
        if !isJSON { try terminal.write(meter.end()) }
        let took = start.duration(to: .now)
        if isJSON {
            let json: JSON = [
                "node": .string(name), "aside": aside.map(JSON.string) ?? .null,
                "took_ms": .integer(Int(took / .milliseconds(1))),
            ]
            return try terminal.write(json.pretty + "\n")
        }
        try terminal.write("\(name) follows the primary again after \(took.brief)\n")
    }
}
