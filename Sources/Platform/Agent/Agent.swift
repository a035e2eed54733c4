package import Basics
package import Cluster
package import Configuration
import Glibc
import HTTP
package import Loop
package import Migrations
package import Processes
package import State
package import Telemetry

/// What the agent tells whoever watches it.
package enum AgentEvent: Sendable {
    /// It decided what to bring up.
    case planned(SystemPlan)
    /// It ended what a killed agent had left running.
    case clearedLeftovers([String])
    /// A part changed its state.
    case changed(PartStatus)
    /// Every part answers for the first time.
    case ready(SystemPlan)
    /// It was asked to stop.
    case stopping
}

/// Brings a system up, keeps it up, and takes it down: the life of `up` and of `agent`.
package struct Agent: Sendable {
    private let configuration: Configuration
    private let state: StateFolder
    private let shape: SystemPlan.Shape
    private let isDemo: Bool
    private let material: Material
    private let logger: Logger
    private let loop: EventLoop
    private let report: @Sendable (AgentEvent) -> Void

    /// How long what a killed agent left may take to end.
    private static let leftoverLimit = Duration.seconds(40)

    /// What an agent is given that other users' folders may hold, so that it is found before the process becomes another
    /// user.
    package struct Material: Sendable {
        /// Parlor's own program, which the service is started from.
        package var executable: String
        /// The certificate of a single database.
        package var certificate: PrivateServer.Certificate?
        /// Where the database is brought to.
        package var migrations: MigrationFolder?
        /// Patroni's folder.
        package var patroni: String

        /// The material.
        package init(
            executable: String, certificate: PrivateServer.Certificate?, migrations: MigrationFolder? = nil,
            patroni: String
        ) {
            self.executable = executable
            self.certificate = certificate
            self.migrations = migrations
            self.patroni = patroni
        }
    }

    /// An agent for a state folder.
    package init(
        _ configuration: Configuration, _ shape: SystemPlan.Shape, isDemo: Bool = false, _ material: Material,
        state: StateFolder, logger: Logger, on loop: EventLoop, report: @escaping @Sendable (AgentEvent) -> Void
    ) {
        self.configuration = configuration
        self.shape = shape
        self.isDemo = isDemo
        self.material = material
        self.state = state
        self.logger = logger
        self.loop = loop
        self.report = report
    }

    /// Decides what to bring up, touching nothing.
    package static func plan(
        _ configuration: Configuration, _ shape: SystemPlan.Shape, isDemo: Bool = false, on loop: EventLoop
    ) throws(ParlorError) -> SystemPlan {
        try SystemPlan(configuration, shape, isDemo: isDemo) { host, port throws(ParlorError) in
            try isFree(host, port, on: loop)
        }
    }

    /// Whether a port can be listened on; throws when no port of that address can.
    static func isFree(_ host: String, _ port: Int, on loop: EventLoop) throws(ParlorError) -> Bool {
        do throws(ParlorError) {
            try Listener(at: .tcp(host: host, port: port), on: loop).close()
            return true
        } catch {
            guard error.code == .portTaken else { throw error }
            return false
        }
    }

    /// Brings everything up and returns when it was stopped in order; throws when it does not come up, or is stopped
    /// before it did, with nothing left running.
    package func run() async throws {
        let lock = try state.hold()
        defer { withExtendedLifetime(lock) {} }
        let left = try await Leftovers.clear(state.path, within: Self.leftoverLimit, on: loop)
        if !left.isEmpty { report(.clearedLeftovers(left)) }
        for folder in [state.secrets.folder, state.postgres] { try Files.removeUnfinished(in: folder) }
        let plan = try Self.plan(configuration, shape, isDemo: isDemo, on: loop)
        report(.planned(plan))
        try await supervise(try await system(plan), plan)
    }

    private func system(_ plan: SystemPlan) async throws -> any SupervisedSystem {
        try checkShape()
        let installation = try await installation(plan)
        try await installation?.check(plan.configuration.database.settings, on: loop)
        var solo = SoloSystem(
            plan: plan, state: state, installation: installation, certificate: material.certificate,
            migrations: material.migrations, executable: material.executable, logger: logger, loop: loop)
        guard let layout = plan.cluster, let installation else {
            solo.backups = try installation.map { try solo.privateServer($0) }.map { solo.makeBackupKeeper($0) }
            return solo
        }
        try Invitation.check(layout, state)
        let patroni = try PatroniInstallation(in: material.patroni)
        let takeover = SoloTakeover(
            places: ClusterPlaces(state: state), accounts: try ClusterAccounts(state.secrets), loop: loop)
        try await takeover.run(try solo.privateServer(installation))
        return try ClusterSystem(
            plan, layout, state: state, installation: installation,
            patroni: patroni, migrations: material.migrations,
            executable: material.executable, logger: logger, on: loop)
    }

    /// A cluster's data is not taken for a single database's: its replicas would be left behind, and be behind.
    private func checkShape() throws(ParlorError) {
        guard shape == .solo, configuration.database.managed, ClusterPlaces.isCluster(state) else { return }
        throw ParlorError(
            .stateFolder, "\(state.path) holds a cluster, and --solo asks for a single database",
            hint: "Leave --solo out; with cluster.replicas: 0 in parlor.yaml it is a cluster of one.")
    }

    private func installation(_ plan: SystemPlan) async throws -> PostgresInstallation? {
        guard plan.configuration.database.managed else { return nil }
        return try await PostgresInstallation.find(
            in: plan.configuration.database.binaries,
            dataVersion: try ClusterPlaces.dataVersion(state), on: loop)
    }

    private func supervise(_ system: any SupervisedSystem, _ plan: SystemPlan) async throws {
        let (changes, send) = AsyncStream.makeStream(of: PartStatus.self)
        let supervisor = Supervisor(try system.parts(), stateFolder: state.path, on: loop) { send.yield($0) }
        var router = AgentControl.router(supervisor)
        system.addRoutes(to: &router)
        let control = try HTTPServer(at: .path(state.agentSocket), on: loop) { [router] in
            await router.respond(to: $0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await control.run() }
            group.addTask { await stopOnSignals(supervisor) }
            group.addTask { await system.run(beside: supervisor) }
            group.addTask {
                await supervisor.run()
                send.finish()
            }
            let failure = await watch(changes, supervisor, plan)
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
            if let failure { throw failure }
        }
    }

    /// Follows the changes until everything has stopped; gives back why not every part became ready, if that is so.
    private func watch(
        _ changes: AsyncStream<PartStatus>, _ supervisor: Supervisor, _ plan: SystemPlan
    ) async -> ParlorError? {
        var wasReady = false
        var failure: ParlorError?
        for await change in changes {
            log(change)
            report(.changed(change))
            if change.state == .failed, failure == nil {
                failure = await describe(change, supervisor)
                supervisor.stop()
            }
            if !wasReady, await supervisor.isHealthy {
                wasReady = true
                logger.info("every part is ready")
                report(.ready(plan))
            }
        }
        guard failure == nil, !wasReady else { return failure }
        return ParlorError(
            .cancelled, "the start was called off before everything was ready",
            hint: "Begin again with \"./parlor up\"; it goes on with what is there.")
    }

    private func describe(_ part: PartStatus, _ supervisor: Supervisor) async -> ParlorError {
        if let error = await supervisor.preparationError(of: part.name) { return error }
        return ParlorError(
            .startFailed, "\(part.name) does not become ready", why: part.detail,
            hint: "See what it wrote with \"./parlor logs \(part.name)\".")
    }

    private func log(_ change: PartStatus) {
        let level: LogLevel = [.backingOff, .unresponsive, .failed].contains(change.state) ? .warning : .info
        logger.log(
            level, "part changed its state",
            [
                .part: change.name, .state: change.state.rawValue, .reason: change.detail,
                .pid: change.pid.map(Int.init),
            ])
    }

    /// The first signal stops everything in order, each further one takes the next step at once.
    private func stopOnSignals(_ supervisor: Supervisor) async {
        var isStopping = false
        for await number in loop.signals(SIGINT, SIGTERM, SIGHUP) {
            logger.info("told to stop by a signal", [.signal: Int(number)])
            if isStopping {
                supervisor.hurry()
            } else {
                isStopping = true
                report(.stopping)
                supervisor.stop()
            }
        }
    }
}
