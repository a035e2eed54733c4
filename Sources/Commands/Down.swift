import Agent
import Basics
import Loop
import Processes
import State

extension Command {
    /// `parlor down`.
    static let down = Command(
        CommandDeclaration(
            name: "down",
            group: .daily,
            summary: "Stop everything in order",
            discussion: """
                Stops the parts in the reverse order of their start and returns once the last one has ended. The
                data stays where it is, and "parlor up" goes on with it. Where nothing runs, down says so and
                changes nothing.
                """,
            options: [.timeout],
            examples: [
                .init("parlor down", "Stop, and wait for the end"),
                .init("parlor down --timeout 5min", "Give a busy database more time"),
            ],
            success: "nothing runs any more",
            failures: [.timeout] + ErrorCode.stateFailures),
        work: { try await stop($0) })

    private static func stop(_ invocation: Invocation) async throws {
        let terminal = invocation.terminal
        guard let state = try Workplace(invocation).enterStateFolder() else {
            return try terminal.write("nothing runs\n")
        }
        let limit = invocation.command.duration(of: .timeout) ?? .seconds(60)
        guard let took = try await invocation.stopSystem(of: state, within: limit) else {
            return try terminal.write("nothing runs\n")
        }
        try terminal.write("stopped after \(took.brief)\n")
    }
}

extension Invocation {
    /// Stops everything in order and waits for the end; nil when nothing ran.
    func stopSystem(of state: StateFolder, within limit: Duration) async throws -> Duration? {
        let wasRunning = try await AgentClient(state, on: loop).stop()
        let start = ContinuousClock.now
        while let pid = try state.holder() {
            guard .now - start < limit else {
                throw ParlorError(
                    .timeout, "the agent (process \(pid)) did not stop within \(limit.brief)",
                    hint: "See what it waits for with \"./parlor status\"; a database that writes much needs its time.")
            }
            try await loop.sleep(for: .milliseconds(20))
        }
        // An agent that was killed cannot have stopped its parts in order.
        let left = try await Leftovers.clear(state.path, within: limit, on: loop)
        return wasRunning || !left.isEmpty ? .now - start : nil
    }
}

extension OptionDeclaration {
    /// How long to wait.
    package static let timeout = value(
        "timeout", ValueDeclaration("<duration>", .duration, standard: "60s"), "Wait this long for the end")
}
