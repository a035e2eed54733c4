package import Agent
import Basics
import Loop
import Postgres
import Processes
import State

/// Disturbs the primary of a cluster that runs, while clients write, and finds out what that cost them.
///
/// Invariants:
/// - Nothing is touched but the role, the schema and the journal of the drill, and the processes of the node that leads.
/// - A run begins only when the cluster is whole, so a drill breaks one thing at a time.
/// - What counts as acknowledged stands in the journal, on the disk, outside of the database.
///
/// On failure: an error, and a task that is called off, end the writers and remove role and schema. Nodes that were killed
/// come back by themselves, as they would have. A drill that is killed leaves its role, which the next one removes.
package struct Drill: Sendable {
    private static let wholeLimit = Duration.seconds(180)
    private static let writingLimit = Duration.seconds(120)
    private static let rampStep = Duration.milliseconds(10)
    private static let catchUpLimit = Duration.seconds(30)
    private static let statusPause = Duration.milliseconds(250)
    private static let watchPause = Duration.milliseconds(50)
    /// So many writes each client makes, on average, before anything happens.
    private static let writesBefore = 3

    private let site: DrillSite
    private let plan: DrillPlan
    private let tell: @Sendable (DrillEvent) -> Void

    /// A drill; `tell` hears how far it is.
    package init(_ plan: DrillPlan, at site: DrillSite, tell: @escaping @Sendable (DrillEvent) -> Void) {
        self.plan = plan
        self.site = site
        self.tell = tell
    }

    /// Whether it may begin, and with whom; throws where not.
    package func leader() async throws -> ClusterStatus.Node {
        try DrillCheck(try await site.status()).leader(for: Array(Set(plan.disturbances)))
    }

    /// Holds it.
    package func run() async throws -> DrillOutcome {
        let leader = try await leader()
        let evidence = try await DrillEvidence.begin(in: site.state, on: site.loop)
        let schema = DrillSchema(site: site, password: Secret.generate())
        do {
            try await schema.make(on: leader)
            var outcome = try await perform(schema, evidence.journal, leader)
            try await schema.remove()
            let isRight = outcome.overlaps.isEmpty && outcome.rows.values.allSatisfy(\.holds)
            if isRight { evidence.discard() } else { outcome.journal = try evidence.keep() }
            return outcome
        } catch {
            // What cannot be removed now is removed by the next drill; the error that led here says more.
            try? await schema.remove()
            evidence.discard()
            throw error
        }
    }

    private func perform(
        _ schema: DrillSchema, _ journal: Journal, _ leader: ClusterStatus.Node
    ) async throws -> DrillOutcome {
        let table = WriterTable("written_rows", seed: plan.seed)
        let own = { (node: ClusterStatus.Node) in site.direct(to: node, DrillSchema.name, schema.password) }
        let nodes = try await site.status().nodes
        let session = try await PostgresSession.connect(own(leader), on: site.loop)
        try await table.create(session)
        try await OnePrimary.createTable(session)
        session.close()
        let watch = OnePrimary(
            Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, own($0)) }), pause: Self.watchPause)
        let pooler = try await site.pooler(DrillSchema.name, schema.password)
        let runs = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: site.loop) { await watch.run(on: site.loop) }
            defer { watch.stop() }
            var runs: [DrillRun] = []
            for index in plan.disturbances.indices { runs.append(try await run(index, pooler, table, journal)) }
            return runs
        }
        tell(.checks)
        var rows: [String: RowCheck] = [:]
        let checker = Checker(table, on: site.loop)
        for node in try await caughtUp(own) { rows[node.name] = try await checker.check(own(node), against: journal) }
        return DrillOutcome(plan: plan, runs: runs, rows: rows, overlaps: watch.acknowledging.violations)
    }

    // MARK: - One run

    private func run(
        _ index: Int, _ pooler: ConnectionOptions, _ table: WriterTable, _ journal: Journal
    ) async throws -> DrillRun {
        let (disturbance, count) = (plan.disturbances[index], plan.disturbances.count)
        let leader = try DrillCheck(try await whole(since: .now)).leader(for: [disturbance])
        tell(.begins(run: index + 1, of: count, disturbance, on: leader.name))
        var writing = WriterPlan(clients: plan.clients, options: pooler, table: table, pace: plan.pace)
        writing.firstClient = index * plan.clients + 1
        writing.ramp = Self.rampStep * plan.clients
        writing.sessionOptions.preparation = .unnamed
        let writers = Writers(writing, journal: journal)
        let (moment, after) = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: site.loop) { try await writers.run(on: site.loop) }
            let found = try await disturb(disturbance, leader, writers, after: plan.delays[index])
            writers.stop()
            try await group.waitForAll()
            return found
        }
        let seen = writers.measurements
        guard let interruption = Interruption(at: moment, seen.acknowledgements, from: leader.address)
        else {
            throw ParlorError(
                .cluster, "no other server acknowledged a write after \(disturbance.words(on: leader.name))",
                hint: "See what happened with \"./parlor logs\" and \"./parlor cluster status\".")
        }
        let run = DrillRun(
            disturbance: disturbance, from: leader.name, to: after.leader, firstWrite: interruption.firstWrite,
            pause: interruption.pause, stall: seen.longestStall, wholeAgain: moment.duration(to: after.moment),
            acknowledged: seen.acknowledged, errors: seen.allErrors)
        tell(.ended(run: index + 1, of: count, run))
        return run
    }

    private typealias Recovery = (leader: String, moment: ContinuousClock.Instant)

    /// Waits until everybody writes, does what is planned, and waits until the cluster is whole again.
    private func disturb(
        _ disturbance: Disturbance, _ leader: ClusterStatus.Node, _ writers: Writers, after delay: Duration
    ) async throws -> (ContinuousClock.Instant, Recovery) {
        try await everybodyWrites(writers)
        try await site.loop.sleep(for: delay)
        writers.forgetStalls()
        let moment: ContinuousClock.Instant
        if disturbance == .switchover {
            moment = .now
            _ = try await site.agent.switchOver(to: nil)
        } else {
            let processes = NodeProcesses(
                name: leader.name, folder: "\(site.state.postgres)/\(leader.name)/data",
                patroni: try await site.part(leader.name).pid)
            moment = try processes.kill(disturbance)
        }
        let status = try await whole(since: moment, ledBy: { $0 != leader.name })
        return (moment, (status.leader ?? "", .now))
    }

    private func everybodyWrites(_ writers: Writers) async throws {
        let deadline = ContinuousClock.now + Self.writingLimit
        while case let seen = writers.measurements,
            seen.clients < plan.clients || seen.acknowledged < plan.clients * Self.writesBefore
        {
            guard ContinuousClock.now < deadline else {
                let errors = seen.allErrors.map { "\($0.key) ×\($0.value)" }.sorted().joined(separator: ", ")
                throw ParlorError(
                    .timeout, "\(plan.clients - seen.clients) of \(plan.clients) clients could not write",
                    why: errors.isEmpty ? "they got no answer" : "they saw \(errors)",
                    hint: "See \"./parlor logs pooler\", or take fewer --clients.")
            }
            try await site.loop.sleep(for: Self.watchPause)
        }
    }

    /// Waits until the cluster is whole, led by somebody of whom `isExpected` approves.
    private func whole(
        since start: ContinuousClock.Instant, ledBy isExpected: (String) -> Bool = { _ in true }
    ) async throws -> ClusterStatus {
        while true {
            let status = try await site.status()
            if DrillCheck(status).isWhole, let leader = status.leader, isExpected(leader) { return status }
            guard start.duration(to: .now) < Self.wholeLimit else {
                throw ParlorError(
                    .timeout, "the cluster did not become whole again within \(Self.wholeLimit.brief)",
                    why: DrillCheck(status).obstacle, hint: "See \"./parlor cluster status\".")
            }
            try await site.loop.sleep(for: Self.statusPause)
        }
    }

    // MARK: - The end

    /// The nodes, once every replica shows what the primary had when it was asked.
    private func caughtUp(
        _ own: (ClusterStatus.Node) -> ConnectionOptions
    ) async throws -> [ClusterStatus.Node] {
        let status = try await whole(since: .now)
        let leader = try DrillCheck(status).leader(for: [.switchover])
        let primary = try await PostgresSession.connect(own(leader), on: site.loop)
        defer { primary.close() }
        let end = await primary.position(.written)
        for node in status.nodes where node.name != leader.name {
            let replica = try await PostgresSession.connect(own(node), on: site.loop)
            defer { replica.close() }
            let deadline = ContinuousClock.now + Self.catchUpLimit
            while let end, await replica.position(.replayed).map({ $0 < end }) ?? true {
                guard ContinuousClock.now < deadline else {
                    throw ParlorError(
                        .timeout, "\(node.name) did not catch up within \(Self.catchUpLimit.brief)",
                        hint: "See \"./parlor cluster status\".")
                }
                try await site.loop.sleep(for: Self.watchPause)
            }
        }
        return status.nodes
    }
}
