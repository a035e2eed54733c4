import API
import Basics
import Cluster
import Configuration
import Glibc
import Loop
import Telemetry

extension Command {
    /// `parlor serve`.
    static let serve = Command(
        CommandDeclaration(
            name: "serve",
            group: .role,
            summary: "Run the service alone, as a deployment does",
            discussion: """
                Runs the booking service in the foreground, against the database that the configuration names. It
                answers /v1, /webhook, /health, /health/live, /health/ready and /metrics, writes its log to the
                standard error, and ends in order on SIGTERM or Ctrl-C. Unless worker.with_service is false, it also
                does what follows from requests, as "parlor worker" does.
                """,
            examples: [
                .init("parlor serve", "With parlor.yaml and the environment"),
                .init("parlor serve --config /etc/parlor.yaml", "With another file"),
            ],
            success: "it was told to end, and did so in order",
            failures: [.configuration, .portTaken, .connection]),
        work: { try await serve($0) })

    private static func serve(_ invocation: Invocation) async throws {
        let configuration = try Workplace.load(invocation).configuration
        let logger = logger("service", configuration, invocation)
        let shares = ConnectionShares(configuration, cores: Machine.current(holding: "/").cores)
        try await LoopGroup.run(count: shares.loops, from: invocation.loop) { group in
            try await Service(configuration, logger: logger, on: group).run()
        }
    }

    /// What writes the log of a role to the standard error.
    static func logger(_ label: String, _ configuration: Configuration, _ invocation: Invocation) -> Logger {
        let isTerminal = invocation.terminal.isTerminal(.error)
        let format: LogFormat =
            switch configuration.log.format {
            case .json: .json
            case .text: .text(colour: invocation.terminal.allowsColor(on: .error))
            case .auto: isTerminal ? .text(colour: invocation.terminal.allowsColor(on: .error)) : .json
            }
        return Logger(label: label, level: LogLevel(configuration.log.level), sink: StandardErrorSink(format))
    }
}
