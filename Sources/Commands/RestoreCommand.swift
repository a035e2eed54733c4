import Agent
import Backups
import Basics
import Cluster
import Configuration
import Loop
import Postgres
import State

/// A restore as a command: decides, says what it will do, does it, and shows what came of it.
struct RestoreCommand {
    let invocation: Invocation
    let workplace: Workplace

    var terminal: Terminal { invocation.terminal }
    var isJSON: Bool { invocation.command.has(.json) }
    private var isAdopted: Bool { invocation.command.has(.intoCluster) }

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        workplace = try Workplace(invocation)
    }

    func run(_ target: RecoveryTarget, backup label: String?) async throws {
        let state = try workplace.makeStateFolder { try terminal.write("\($0)\n") }
        let found = try await find(target, backup: label, state)
        let isDry = invocation.command.has(.dryRun)
        if isDry || !isJSON { try showPlan(found) }
        if isDry { return }
        if isAdopted {
            try invocation.confirm(
                "when it is restored, the system is stopped and its data set aside. Go on?",
                refused: "nothing was done",
                why: "--into-cluster stops the system and sets its data aside")
        }
        let begun = ContinuousClock.now
        let outcome = try await invocation.loop.untilInterrupted { try await restore(found) }
        var report = RestoreReport(found.plan, outcome, took: .now - begun)
        if isAdopted {
            report.aside = try await adopt(outcome.server, state)
        } else if !invocation.command.has(.open) {
            try await outcome.server.stop(on: invocation.loop)
        }
        try show(report)
        if invocation.command.has(.open), !isAdopted { try await keepOpen(outcome.server) }
    }

    // MARK: - Deciding

    /// What will be done, and with what.
    struct Found {
        var plan: RecoveryPlan
        var place: ScratchServer.Place
        var engine: BackupEngine
        /// What the living cluster says the target will bring back.
        var preview: String?
    }

    func find(_ target: RecoveryTarget, backup label: String?, _ state: StateFolder) async throws -> Found {
        let (loop, configuration) = (invocation.loop, workplace.configuration)
        let site = BackupSite(configuration, state)
        let engine = try site.reader()
        let living = try? await living()
        defer { living?.close() }
        let status = try await LivingArchive(AgentClient(state, on: loop), living).status(reaching: target, on: loop)
        var reach: [Int: Timestamp] = [:]
        for repository in engine.configuration.repositories {
            reach[repository.number] = status?.repositories.first { $0.name == repository.name }?.until
        }
        let sources = try await site.sources(engine, reach: reach, on: loop)
        let installation = try await PostgresInstallation.find(
            in: configuration.database.binaries, dataVersion: sources.lazy.compactMap(\.state.serverVersion).first,
            on: loop)
        let (moment, preview) = await ask(living, about: target)
        let plan = try RecoveryPlan(
            target, from: sources, backup: label, moment: moment, serverVersion: installation.version)
        let folder = invocation.command.value(of: .restoreFolder).map { Files.absolute($0) }
        return Found(
            plan: plan, place: site.place(folder, programs: installation.folder), engine: engine, preview: preview)
    }

    /// A superuser's session on the living primary.
    func living(in database: String = Heartbeat.database) async throws -> PostgresSession {
        var options = try await workplace.administratorConnection(on: invocation.loop)
        options.database = database
        return try await PostgresSession.connect(options, on: invocation.loop)
    }

    /// When a transaction was, and what a moment brings back, as far as somebody lives who knows.
    private func ask(
        _ session: PostgresSession?, about target: RecoveryTarget
    ) async -> (moment: Timestamp?, preview: String?) {
        guard let session else { return (nil, nil) }
        switch target {
        case .time(let moment):
            let last = try? await Heartbeat.newest(session, upTo: moment)
            return (nil, last.map { "heartbeat \($0.number) of \($0.moment.rfc3339) will be the last one in it" })
        case .transaction(let number):
            let row = try? await session.query(
                "SELECT pg_xact_commit_timestamp($1::text::xid)", "\(number)", within: .seconds(5)
            ).only
            let moment = (try? row?[0, as: Timestamp?.self]) ?? nil
            return (moment, moment.map { "transaction \(number) was committed at \($0.rfc3339)" })
        default: return (nil, nil)
        }
    }

    func showPlan(_ found: Found) throws {
        let plan = found.plan
        if isJSON {
            return try terminal.write(RestoreReport.json(plan, folder: found.place.folder).pretty + "\n")
        }
        var lines = [
            "from      \(plan.backup.label) in \(plan.repository.name), made at \(plan.backup.stop.rfc3339Seconds)",
            "up to     \(plan.target)", "into      \(found.place.folder)",
        ]
        if let preview = found.preview { lines.append("          \(preview)") }
        try terminal.write(lines.map { "\($0)\n" }.joined())
    }

    // MARK: - Doing

    func restore(_ found: Found) async throws -> Restoration.Outcome {
        let view = RestoreProgress(terminal, isSilent: isJSON, size: found.plan.backup.size)
        defer { view.end() }
        return try await Restoration(found.engine, to: found.place).run(
            found.plan, isDelta: invocation.command.has(.delta), on: invocation.loop, progress: { view.show($0) })
    }

    /// Stops the system, and puts the restored data in the place of its own.
    private func adopt(_ server: ScratchServer, _ state: StateFolder) async throws -> [String] {
        let adoption = Adoption(state)
        try await adoption.prepare(server, on: invocation.loop)
        if !isJSON, try state.holder() != nil { try terminal.write("stopping the system\n") }
        _ = try await invocation.stopSystem(of: state, within: .seconds(120))
        let lock = try state.hold()
        defer { withExtendedLifetime(lock) {} }
        let aside = try adoption.replace(by: server.place.data)
        try Files.remove(server.place.folder)
        return aside
    }

    private func keepOpen(_ server: ScratchServer) async throws {
        let line = server.invocation(workplace.configuration.database.name)
        try terminal.write("a server runs on it until Ctrl-C; as the user \(server.place.user):\n  \(line)\n")
        // Ctrl-C reaches the server as well, and it stops in order.
        try? await invocation.loop.untilInterrupted { try await server.awaitEnd() }
        try await server.stop(on: invocation.loop)
    }

    private func show(_ report: RestoreReport) throws {
        try terminal.write(isJSON ? report.json.pretty + "\n" : report.lines.map { "\($0)\n" }.joined())
    }
}
