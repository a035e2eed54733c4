import Agent
import Basics
import Cluster
import Configuration
import Glibc
import Loop
import Processes
import State
import Telemetry

/// Bringing the system up: here, or in the background, where the same happens with another process's terminal.
struct Launch {
    /// Set for an agent whose starter waits until it is ready, and goes away then.
    private static let detachedVariable = "PARLOR_INTERNAL_DETACHED"

    private let invocation: Invocation
    let workplace: Workplace
    private let shape: SystemPlan.Shape
    private let isDemo: Bool

    private var terminal: Terminal { invocation.terminal }

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        workplace = try Workplace(invocation)
        shape = invocation.command.has(.solo) ? .solo : .cluster
        isDemo = invocation.command.has(.demonstration)
    }

    // MARK: - Looking

    /// What would be brought up.
    func showPlan() throws {
        let plan = try Agent.plan(workplace.configuration, shape, isDemo: isDemo, on: invocation.loop)
        let state = try workplace.stateFolder()
        let place = state.map { "in \($0.path)" } ?? "in \(workplace.statePath), which will be made"
        try terminal.write((plan.lines + ["state      \(place)"]).map { "\($0)\n" }.joined())
    }

    /// What runs already. Another start that is under way is waited for.
    func showRunning(_ holder: Int32) async throws {
        guard let state = try workplace.enterStateFolder() else { return }
        try terminal.write("already running (process \(holder)); nothing was changed\n")
        let client = AgentClient(state, on: invocation.loop)
        let start = ContinuousClock.now
        while true {
            let status = try await client.status()
            if let status, status.isHealthy || .now - start > .seconds(60) {
                let view = StatusView(status.parts)
                let lines = view.lines(now: .now(), width: terminal.width, inColor: terminal.allowsColor())
                return try terminal.write(lines.map { "\($0)\n" }.joined())
            }
            guard try state.holder() != nil else {
                throw ParlorError(
                    .startFailed, "the other start (process \(holder)) ended before everything was ready",
                    hint: "Try again; \"./parlor logs\" tells what went wrong.")
            }
            try await invocation.loop.sleep(for: .milliseconds(50))
        }
    }

    // MARK: - Here

    /// Whether this is the agent that `detach` starts.
    static var isDetached: Bool { Workplace.environment[detachedVariable] != nil }

    /// Brings everything up here; shows what runs when another start was quicker.
    func bringUp() async throws {
        do { try await runHere() } catch let error as ParlorError where error.code == .alreadyRunning {
            guard let holder = try workplace.holder() else { throw error }
            try await showRunning(holder)
        }
    }

    /// Brings everything up, keeps it up, and returns when it was stopped in order.
    func runHere() async throws {
        umask(0o077)
        let material = Agent.Material(
            executable: "/proc/self/exe", certificate: try readCertificate(), migrations: try workplace.migrations(),
            patroni: workplace.patroniFolder)
        let state = try workplace.makeStateFolder { try terminal.write("\($0)\n") }
        // Whoever started this may want to move or unmount the folder it stands in.
        chdir(state.path)
        let log = workplace.configuration.log
        let file = try RotatingFile(path: state.log(of: "agent"), limit: log.rotateAt, keep: log.keep)
        let logger = Logger(label: "agent", level: LogLevel(log.level), sink: RotatingFileSink(file))
        let serviceManager = Self.isDetached ? nil : NotifySocket(environment: Workplace.environment)
        let keeper: Progress.Keeper =
            Self.isDetached ? .background : serviceManager == nil ? .terminal : .serviceManager
        let progress = ProgressPrinter(terminal, state: state, keeper: keeper)
        try await Agent(
            workplace.configuration, shape, isDemo: isDemo, material, state: state, logger: logger, on: invocation.loop,
            report: { event in
                progress.tell(event)
                serviceManager?.tell(event)
            }
        ).run()
    }

    /// Read while this process may still be root, whose files these may be.
    private func readCertificate() throws -> PrivateServer.Certificate? {
        let ssl = workplace.configuration.database.ssl
        guard ssl.enabled, let certificate = ssl.certificate, let key = ssl.key else { return nil }
        return PrivateServer.Certificate(certificate: try Files.read(certificate), key: try Files.read(key))
    }

    // MARK: - In the background

    /// Starts an agent that outlives this process, shows what it says, and returns when everything is ready.
    func detach() async throws {
        var environment = Workplace.environment
        environment[Self.detachedVariable] = "1"
        let command = invocation.command
        var arguments = ["agent"]
        if let file = command.value(of: .config) { arguments += ["--config", file] }
        arguments += command.values(of: .set).flatMap { ["--set", $0] }
        if command.has(.solo) { arguments.append("--solo") }
        if isDemo { arguments.append("--demo") }
        if command.has(.debug) { arguments.append("--debug") }
        let program = Processes.Program(
            "/proc/self/exe", name: "parlor", arguments, environment: environment, parentDeathSignal: nil)
        let status = try await Child.startDetached(program, on: invocation.loop) { try? terminal.write($0) }
        // It has said everything itself; it succeeds when another start was quicker.
        if let status, !status.isSuccess {
            throw AlreadySaid(ErrorCode.all.first { .exited($0.exitStatus) == status } ?? .startFailed)
        }
    }
}

extension NotifySocket {
    /// Tells what a service manager wants to know of an event: `systemctl status` shows the status.
    fileprivate func tell(_ event: AgentEvent) {
        switch event {
        case .ready: tell("READY=1", "STATUS=every part is ready")
        case .stopping: tell("STOPPING=1", "STATUS=stopping in order")
        case .changed(let part): tell("STATUS=\(part.name): \(part.state.words)")
        case .planned, .clearedLeftovers: break
        }
    }
}

extension LogLevel {
    /// The level that the configuration names.
    init(_ level: Configuration.Log.Level) { self = LogLevel(rawValue: level.rawValue) ?? .info }
}
