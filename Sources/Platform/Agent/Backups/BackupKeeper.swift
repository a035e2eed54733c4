import Backups
import Basics
import Cluster
import Configuration
import Loop
import Notifications
import Postgres
import Telemetry

/// Looks after the backups of a system for as long as its task runs: the heartbeat, the repositories, the schedule.
///
/// One thing is done at a time. What goes wrong is kept with what went well, and tried again when the schedule says so;
/// nothing of it stops the system.
final class BackupKeeper: @unchecked Sendable {
    // Guard of @unchecked Sendable: what is variable is loop only; its tasks run there, and the agent answers there.

    /// What the keeper has to know of the servers.
    struct Surroundings: Sendable {
        /// The servers of this machine.
        var servers: @Sendable () async -> [PgBackRestConfiguration.Server]
        /// The name of the primary, when this machine is the one that looks after the backups; else nil.
        var primary: @Sendable () async -> String?
        /// Whether a replica of this machine follows the primary closely.
        var hasReplica: @Sendable () async -> Bool
        /// The superuser's way to the primary.
        var superuser: @Sendable (_ database: String) async -> ConnectionOptions?
        /// The folder of PostgreSQL's programs.
        var programs: String
    }

    let site: BackupSite
    let surroundings: Surroundings
    let logger: Logger
    let loop: EventLoop
    let history: BackupHistory
    let metrics = BackupMetrics()
    /// Tells people; nil where the configuration names nobody who could be told.
    let notifier: Notifier?
    /// What is being done.
    var work: BackupStatus.Work?
    /// What the repositories hold, as it was seen last.
    var states: [RepositoryState] = []
    /// Up to when each repository can restore, by its number.
    var reach: [Int: Timestamp] = [:]
    /// What keeps the repositories from being looked at.
    var trouble: ParlorError?
    /// What is known of each job's past.
    var past: [BackupJob: JobPast] = [:]
    private var isReady = false
    private var making: Task<Void, any Error>?
    private var session: PostgresSession?

    private static let lookPause = Duration.seconds(15)
    private static let schedulePause = Duration.seconds(5)
    /// How long a system that has just come up is left alone.
    private static let firstPause = Duration.seconds(60)
    private static let pruneEach = 720

    init(_ site: BackupSite, _ surroundings: Surroundings, logger: Logger, on loop: EventLoop) {
        self.site = site
        self.surroundings = surroundings
        self.logger = logger
        self.loop = loop
        history = BackupHistory(site.historyFile)
        // The same from whichever host, so that one can end what another has told of.
        let source = site.configuration.hosts.all.first?.name ?? HostName.own
        do { notifier = try Notifier(site.configuration.notifications, source: source, on: loop) } catch {
            notifier = nil
            logger.warning("nobody can be told of what happens", error: error)
        }
        for result in (try? history.all()) ?? [] {
            guard let job = BackupJob(rawValue: result.job) else { continue }
            past[job, default: JobPast()].ended(begun: result.begun, succeeded: result.isGood)
        }
    }

    func run() async {
        guard site.configuration.archivesLog else {
            logger.warning("there are no backups", [.reason: site.configuration.backupObstacle])
            return
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.beat() }
            group.addTask { await self.look() }
            group.addTask { await self.followSchedule() }
        }
    }

    /// For how long what is kept.
    var retentionPolicy: RetentionPolicy { RetentionPolicy(site.configuration.backups) }

    // MARK: - The heartbeat

    private func beat() async {
        var count = 0
        while (try? await loop.sleep(for: Heartbeat.interval)) != nil {
            guard let options = await surroundings.superuser(Heartbeat.database), await surroundings.primary() != nil
            else {
                forgetSession()
                continue
            }
            do {
                let session = try await session(options)
                try await Heartbeat.write(session)
                count += 1
                if count % Self.pruneEach == 0 {
                    let days = site.configuration.backups.keepDaily + 2
                    try await Heartbeat.prune(session, olderThan: .seconds(days * 86_400))
                }
            } catch {
                // While a primary is replaced nobody takes it.
                forgetSession()
                logger.debug("a heartbeat was not written", [.reason: "\(error)"])
            }
        }
        forgetSession()
    }

    private func session(_ options: ConnectionOptions) async throws -> PostgresSession {
        if let session { return session }
        let made = try await PostgresSession.connect(options, on: loop)
        do { try await Heartbeat.setUp(made) } catch {
            made.close()
            throw error
        }
        session = made
        return made
    }

    private func forgetSession() {
        session?.close()
        session = nil
    }

    // MARK: - Looking

    private func look() async {
        while (try? await loop.sleep(for: Self.lookPause)) != nil {
            guard await surroundings.primary() != nil, work == nil else { continue }
            await refresh()
            tellOfExposure(summary.exposure)
        }
    }

    /// Asks the repositories what they hold, and up to when they reach.
    func refresh() async {
        do {
            let engine = try await engine()
            try await makeReady(engine)
            states = try await engine.states(on: loop)
            trouble =
                states.compactMap { state in
                    state.trouble.map { PgBackRestFailure(ofRepository: $0).error }
                }.first
            try await measureReach()
        } catch {
            let error = ParlorError(describing: error)
            if trouble?.summary != error.summary {
                logger.warning("the repositories cannot be looked at", error: error)
            }
            trouble = error
        }
    }

    /// Makes the repositories ready once. Whoever asks while that is done waits for the same.
    func makeReady(_ engine: BackupEngine) async throws {
        guard !isReady else { return }
        if let making { return try await making.value }
        let loop = self.loop
        let task = Task(executorPreference: loop) { try await engine.makeReady(on: loop) }
        making = task
        defer { making = nil }
        try await task.value
        isReady = true
        logger.info("the repositories are ready")
    }

    private func measureReach() async throws {
        guard let options = await surroundings.superuser(Heartbeat.database) else { return }
        let session = try await PostgresSession.connect(options, on: loop)
        defer { session.close() }
        try await Heartbeat.setUp(session)
        for state in states {
            guard let last = state.log.flatMap({ LogFile($0.last) }) else { continue }
            let end = PostgresWALPosition(bytes: UInt64(last.end))
            reach[state.number] = try await Heartbeat.newest(session, before: end)?.moment
        }
    }

    /// What looks at the repositories. Whether a replica follows is not asked for that: the answer costs a look at the
    /// whole cluster.
    func engine() async throws -> BackupEngine {
        let engine = try site.engine(await surroundings.servers())
        try engine.prepare()
        return engine
    }

    /// What makes backups, from a replica where one follows.
    func backUpEngine() async throws -> BackupEngine {
        let engine = try site.engine(
            await surroundings.servers(), readsReplica: await surroundings.hasReplica(), named: "backup")
        try engine.prepare()
        return engine
    }

    // MARK: - The schedule

    /// What is done when.
    var schedule: BackupSchedule {
        BackupSchedule(BackupTimes(site.configuration.backups), past: knownPast, now: .now())
    }

    /// What the repositories hold counts for more than what was written down: another machine may have made it.
    private var knownPast: [BackupJob: JobPast] {
        var known = past
        for (job, kinds) in [(BackupJob.full, [BackupRecord.Kind.full]), (.incremental, BackupRecord.Kind.allCases)] {
            // The one that is behind counts.
            let newest = states.map { state in
                state.backups.last { kinds.contains($0.kind) && !$0.hasErrors }?.start
            }
            guard !newest.isEmpty else { continue }
            known[job, default: JobPast()].success = newest.contains(nil) ? nil : newest.compactMap(\.self).min()
        }
        return known
    }

    private func followSchedule() async {
        guard (try? await loop.sleep(for: Self.firstPause)) != nil else { return }
        while true {
            if work == nil, await surroundings.primary() != nil, isReady, let due = schedule.due {
                _ = try? await perform(due.job)
            }
            guard (try? await loop.sleep(for: Self.schedulePause)) != nil else { return }
        }
    }
}
