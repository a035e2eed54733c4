import Basics
import Configuration
import Loop
import Work

extension Command {
    /// `parlor worker`.
    static let worker = Command(
        CommandDeclaration(
            name: "worker",
            group: .role,
            summary: "Do what follows from requests, as a deployment does",
            discussion: """
                Sends messages and reminders, offers times that became free, ends holds and closes conversations whose
                window is over, in the foreground, against the database that the configuration names. It writes its
                log to the standard error, and on SIGTERM or Ctrl-C finishes what it has in hand. Several may run:
                none does what another has taken. How fast a number may send is counted by each for itself, so messages
                are best sent by one. Where worker.port is set, it answers /health/live and /metrics there.
                """,
            examples: [.init("parlor worker", "With parlor.yaml and the environment")],
            success: "it was told to end, and did so in order",
            failures: [.configuration, .connection]),
        work: { try await run($0) })

    private static func run(_ invocation: Invocation) async throws {
        let configuration = try Workplace.load(invocation).configuration
        let logger = logger("worker", configuration, invocation)
        try await WorkerRole(configuration, logger: logger, on: invocation.loop).run()
    }
}
