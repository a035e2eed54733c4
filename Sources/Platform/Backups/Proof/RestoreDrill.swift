import Basics
package import Loop
package import Postgres

/// Proves backups by restoring them: the newest one up to the end of the log, and a random one up to a random second.
///
/// What counts is compared with the living primary: the chain of heartbeats, of which one digest stands for all before it,
/// and the number of rows in every table. Every page and index is checked with pg_amcheck. A drill touches nothing but its
/// scratch folders, which it removes, and goes on after a finding, so that a report has all of them.
package struct RestoreDrill: Sendable {
    /// What it needs.
    package struct Means: Sendable {
        /// What reads the repositories.
        package var engine: BackupEngine
        /// A scratch place; each call gives another.
        package var place: @Sendable (_ name: String) -> ScratchServer.Place
        /// The superuser's way to the living primary.
        package var living: @Sendable (_ database: String) async throws -> ConnectionOptions
        /// The database whose tables are counted.
        package var database: String
        /// The cores that pg_amcheck may use.
        package var jobs: Int
        /// Hears what is done now.
        package var progress: @Sendable (String) -> Void

        /// Means.
        package init(
            engine: BackupEngine, place: @escaping @Sendable (String) -> ScratchServer.Place,
            living: @escaping @Sendable (String) async throws -> ConnectionOptions, database: String, jobs: Int,
            progress: @escaping @Sendable (String) -> Void
        ) {
            self.engine = engine
            self.place = place
            self.living = living
            self.database = database
            self.jobs = jobs
            self.progress = progress
        }
    }

    private let means: Means
    private let loop: EventLoop
    private static let checkLimit = Duration.seconds(6 * 3600)
    /// A session counts its changes for others ten seconds after them at the latest.
    private static let countingPause = Duration.seconds(11)
    private static let archiveLimit = Duration.seconds(90)

    /// A drill.
    package init(_ means: Means, on loop: EventLoop) {
        self.means = means
        self.loop = loop
    }

    /// Holds it, with what can be reached from where.
    package func run(_ sources: [RecoveryPlan.Source], seed: UInt64) async -> DrillReport {
        var report = DrillReport(seed: seed)
        var random = SeededRandom(seed: seed)
        let reach = sources.compactMap(\.until).min()
        report.exposure = reach.map { max(.zero, report.begun - $0) }
        await verify(&report)
        do {
            means.progress("counting rows")
            let before = try await Census(try await means.living(means.database), on: loop)
            try await finishLogFile()
            let second = try randomTrial(sources, &random)
            report.trials.append(await newest(sources, since: before, atLeast: reach))
            if let second { report.trials.append(await past(second)) }
        } catch { report.findings.append(ParlorError(describing: error).summary) }
        report.ended = .now()
        return report
    }

    // MARK: - Before anything is restored

    private func verify(_ report: inout DrillReport) async {
        for repository in means.engine.configuration.repositories {
            means.progress("reading \(repository.name)")
            do {
                let found = try await means.engine.verify(repository, on: loop).complaints
                report.findings += found.map { "\(repository.name): \($0)" }
            } catch { report.findings.append("\(repository.name): \(ParlorError(describing: error).summary)") }
        }
    }

    /// Has the primary finish the file of the log that it writes, and waits until it is in every repository: what was
    /// counted must be in what is restored.
    private func finishLogFile() async throws {
        means.progress("archiving the log")
        let session = try await PostgresSession.connect(try await means.living(Heartbeat.database), on: loop)
        defer { session.close() }
        try await Heartbeat.setUp(session)
        try await Heartbeat.write(session)
        let row = try await session.query("SELECT pg_walfile_name(pg_current_wal_lsn()), pg_switch_wal()").only
        let name = try row[0, as: String.self]
        let deadline = ContinuousClock.now + Self.archiveLimit
        while true {
            let states = try await means.engine.states(on: loop)
            if states.allSatisfy({ ($0.log?.last ?? "") >= name }) { return }
            guard ContinuousClock.now < deadline else {
                throw ParlorError(
                    .backup, "the log does not arrive in the repository",
                    why: "\(name) was waited for \(Self.archiveLimit.brief)",
                    hint: "See what the server says of its archive_command with \"./parlor logs\".")
            }
            try await loop.sleep(for: .milliseconds(200))
        }
    }

    /// An older backup and a second behind it; nil where there is nothing to choose from.
    private func randomTrial(
        _ sources: [RecoveryPlan.Source], _ random: inout SeededRandom
    ) throws -> (plan: RecoveryPlan, moment: Timestamp)? {
        let choices = sources.filter { !$0.replayable.isEmpty && $0.until != nil }
        guard let source = choices.randomElement(using: &random), let until = source.until else { return nil }
        let candidates = source.replayable.filter { $0.stop + .seconds(1) < until }
        // The newest is restored anyway, unless there is no other.
        let older = candidates.filter { $0.label != source.replayable.last?.label }
        guard let backup = (older.isEmpty ? candidates : older).randomElement(using: &random) else { return nil }
        let span = (until - backup.stop).microseconds
        let moment = backup.stop + .microseconds(Int64.random(in: 1_000_000..<max(1_000_001, span), using: &random))
        return (try RecoveryPlan(.time(moment), from: [source], backup: backup.label), moment)
    }

    // MARK: - Restoring

    private func newest(
        _ sources: [RecoveryPlan.Source], since before: Census, atLeast reach: Timestamp?
    ) async -> DrillReport.Trial {
        do {
            let plan = try RecoveryPlan(.latest, from: sources)
            return await trial(plan, "the newest moment") { server, trial in
                let after = try await countLater()
                let copy = try await Census(server.options(to: means.database), on: loop)
                trial.tables = copy.tables.count
                trial.findings += Census.complaints(of: copy, between: before, and: after)
                if trial.reached == nil { trial.findings.append("it has no heartbeat") }
                if let reach, let reached = trial.reached, reached < reach {
                    trial.findings.append("it ends at \(reached.rfc3339), before what the repository was to reach")
                }
            }
        } catch {
            var trial = DrillReport.Trial("the newest backup", "the repository", "the newest moment")
            trial.findings = [ParlorError(describing: error).summary]
            return trial
        }
    }

    private func countLater() async throws -> Census {
        means.progress("counting rows")
        try await loop.sleep(for: Self.countingPause)
        return try await Census(try await means.living(means.database), on: loop)
    }

    private func past(_ choice: (plan: RecoveryPlan, moment: Timestamp)) async -> DrillReport.Trial {
        await trial(choice.plan, choice.moment.rfc3339) { server, trial in
            trial.tables = try await Census(server.options(to: means.database), on: loop).tables.count
            let session = try await PostgresSession.connect(try await means.living(Heartbeat.database), on: loop)
            defer { session.close() }
            let expected = try await Heartbeat.newest(session, upTo: choice.moment)
            guard expected?.moment != trial.reached else { return }
            trial.findings.append(
                "its newest heartbeat is of \(trial.reached?.rfc3339 ?? "no moment") instead of "
                    + "\(expected?.moment.rfc3339 ?? "none")")
        }
    }

    private func trial(
        _ plan: RecoveryPlan, _ target: String,
        _ compare: (ScratchServer, inout DrillReport.Trial) async throws -> Void
    ) async -> DrillReport.Trial {
        var trial = DrillReport.Trial(plan.backup.label, plan.repository.name, target)
        let place = means.place("drill-\(RandomIdentifier.hex(bytes: 4))")
        means.progress("restoring \(plan.backup.label)")
        do {
            let outcome = try await Restoration(means.engine, to: place).run(plan, isLasting: false, on: loop)
            (trial.copying, trial.replaying) = (outcome.copying, outcome.replaying)
            trial.reached = outcome.heartbeat?.moment
            do {
                try await checkChain(outcome.heartbeat, &trial)
                try await compare(outcome.server, &trial)
                try await checkPages(outcome.server, &trial)
            } catch { trial.findings.append(ParlorError(describing: error).summary) }
            try await outcome.server.stop(on: loop)
        } catch { trial.findings.append(ParlorError(describing: error).summary) }
        do { try Files.remove(place.folder) } catch { trial.findings.append(error.summary) }
        return trial
    }

    /// The heartbeat of the same number must have the same digest, or the history is another one.
    private func checkChain(_ newest: Heartbeat?, _ trial: inout DrillReport.Trial) async throws {
        guard let newest else { return }
        let session = try await PostgresSession.connect(try await means.living(Heartbeat.database), on: loop)
        defer { session.close() }
        guard let living = try await Heartbeat.numbered(newest.number, session) else { return }
        if living != newest { trial.findings.append("heartbeat \(newest.number) is not the one that was written") }
    }

    private func checkPages(_ server: ScratchServer, _ trial: inout DrillReport.Trial) async throws {
        means.progress("checking every page of \(trial.backup)")
        do {
            _ = try await server.run(
                "pg_amcheck", ["--all", "--install-missing", "--heapallindexed", "--jobs=\(means.jobs)"],
                within: Self.checkLimit, on: loop)
        } catch {
            trial.findings.append("pg_amcheck: \(ParlorError(describing: error).why ?? "it failed")")
        }
    }
}
