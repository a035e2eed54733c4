import Basics
package import Loop
package import Postgres

/// Brings a database to where a folder of migrations wants it, as Prisma Migrate does, with the same table, checksums,
/// lock and codes; the two may take turns on one database.
///
/// Invariants:
/// - Whoever changes the table or runs a migration holds the lock of all deployments.
/// - A row says the truth at every moment: finished means that all of it took effect, and an unfinished one says in
///   its words what a run that was cut short can have left behind.
/// - Nothing is run while a migration stands failed.
///
/// On failure: a migration in one transaction leaves nothing behind. A connection that is lost is made again, and the
/// deploy goes on; when that fails too, the next deploy does.
package struct Migrator: Sendable {
    /// Looks at what is about to be run, before anything is; it refuses by throwing.
    package typealias Review = @Sendable ([Migration]) async throws -> Void

    let options: ConnectionOptions
    let schema: String
    let settings: MigrationSettings
    let loop: EventLoop
    let report: @Sendable (MigrationEvent) -> Void

    /// A migrator of one schema of a database; `report` hears what happens.
    package init(
        _ options: ConnectionOptions, schema: String = "public", settings: MigrationSettings = MigrationSettings(),
        on loop: EventLoop, report: @escaping @Sendable (MigrationEvent) -> Void = { _ in }
    ) {
        var options = options
        options.applicationName = "parlor migrate"
        self.options = options
        self.schema = schema
        self.settings = settings
        self.loop = loop
        self.report = report
    }

    // MARK: - Looking

    /// How the database stands to the folder; changes nothing and waits for nobody.
    package func status(_ folder: MigrationFolder) async throws -> MigrationStatus {
        try await connected { connection in
            MigrationStatus(folder.migrations, records: try await records(connection))
        }
    }

    /// What a deploy would do now; changes nothing.
    package func plan(_ folder: MigrationFolder) async throws -> DeployPlan {
        try await connected { connection in
            let isThere = try await connection.table.exists()
            if !isThere { try await checkEmpty(connection) }
            return try DeployPlan(folder.migrations, records: isThere ? try await connection.table.records() : [])
        }
    }

    func records(_ connection: MigrationSession) async throws -> [MigrationRecord] {
        try await connection.table.exists() ? try await connection.table.records() : []
    }

    // MARK: - Deploying

    /// What a deploy has done.
    package struct Deployed: Hashable, Sendable {
        /// A migration that was run.
        package struct Item: Hashable, Sendable {
            /// Its name.
            package let name: String
            /// How long it took.
            package let duration: Duration
            /// The way back to the time before it; nil when none was asked for.
            package let restorePoint: RestorePoint?
        }

        /// The migrations that were run, in order.
        package fileprivate(set) var items: [Item] = []
    }

    /// Runs every migration that has not taken effect, in order.
    package func deploy(_ folder: MigrationFolder, review: Review? = nil) async throws -> Deployed {
        var deployed = Deployed()
        var attempts = 0
        while true {
            do {
                try await deploy(folder, review: attempts == 0 ? review : nil, into: &deployed)
                return deployed
            } catch {
                // A server that cannot be reached at all is told at once; one that was lost may come back.
                guard let loss = Self.loss(in: error), attempts > 0 || error is PostgresError else { throw error }
                guard attempts < settings.reconnections else {
                    throw ParlorError(
                        .connection, "the connection was lost in the middle of a deploy", why: loss.explained.summary,
                        hint: "Run \"./parlor migrate deploy\" again: it goes on where this one was cut short.",
                        cause: error)
                }
                attempts += 1
                report(.reconnecting(loss.explained.summary))
                try await loop.sleep(for: .milliseconds(250 << attempts))
            }
        }
    }

    private static func loss(in error: any Error) -> PostgresError? {
        let found = error as? PostgresError ?? (error as? ParlorError)?.cause as? PostgresError
        return found.flatMap { $0.isLoss ? $0 : nil }
    }

    private func deploy(_ folder: MigrationFolder, review: Review?, into deployed: inout Deployed) async throws {
        let connection = try await connect()
        defer { connection.close() }
        try await connection.takeLock(within: settings.deploymentWait, report: report)
        try await connection.makeSchema()
        try await connection.resetSettings()
        if try await !connection.table.exists() {
            try await checkEmpty(connection)
            try await connection.table.create()
        }
        let plan = try DeployPlan(folder.migrations, records: try await connection.table.records())
        if !plan.steps.isEmpty { try await review?(plan.steps.map(\.migration)) }
        for record in plan.abandoned {
            try await connection.table.rollBack(record.id)
            report(.notice("\(record.name) was cut short before and has no folder any more; it left nothing behind"))
        }
        try await run(plan, on: connection, into: &deployed)
    }

    private func run(_ plan: DeployPlan, on connection: MigrationSession, into deployed: inout Deployed) async throws {
        let watch = BlockerWatch(options, on: loop)
        defer { watch.close() }
        let runner = StepRunner(connection: connection, settings: settings, watch: watch, report: report)
        for (index, step) in plan.steps.enumerated() {
            let begin = loop.now
            try await connection.resetSettings()
            try await connection.keepLock(within: settings.deploymentWait, report: report)
            try await ReplicaPace(settings: settings, report: report).wait(connection.session)
            report(
                .migrationBegan(
                    name: step.migration.name, position: index + 1, of: plan.steps.count, way: step.way,
                    isResumed: step.interrupted != nil))
            let id = step.interrupted?.id ?? MigrationRecord.newIdentifier()
            let restorePoint = try await restorePoint(step, id, connection.session)
            try await runner.run(step, id: id)
            report(.migrationEnded(name: step.migration.name, after: loop.now - begin))
            deployed.items.append(
                .init(name: step.migration.name, duration: loop.now - begin, restorePoint: restorePoint))
        }
    }

    /// Made once for each row, before it: a run that was cut short has made its own.
    private func restorePoint(
        _ step: DeployPlan.Step, _ id: String, _ session: PostgresSession
    ) async throws -> RestorePoint? {
        guard settings.makesRestorePoints, step.interrupted == nil else { return nil }
        let name = MigrationRecord.restorePoint(before: step.migration.name, id: id)
        let made = try await RestorePoint.make(name, on: session)
        report(.restorePoint(made))
        return made
    }

    // MARK: - Connecting

    func connect() async throws -> MigrationSession {
        try await .connect(options, schema: schema, owner: settings.owner, on: loop)
    }

    func connected<Result>(_ body: (MigrationSession) async throws -> Result) async throws -> Result {
        let connection = try await connect()
        defer { connection.close() }
        return try await body(connection)
    }

    /// The same with the lock of all deployments.
    func locked<Result>(_ body: (MigrationSession) async throws -> Result) async throws -> Result {
        try await connected { connection in
            try await connection.takeLock(within: settings.deploymentWait, report: report)
            try await connection.resetSettings()
            return try await body(connection)
        }
    }

    private func checkEmpty(_ connection: MigrationSession) async throws {
        guard try await connection.holdsTables() else { return }
        throw ParlorError(
            .schemaNotEmpty, "the schema \(schema) holds tables and no history of migrations",
            why: "there is no table \(MigrationTable.name), so nobody knows which migrations they come from",
            hint: "Run \"./parlor migrate baseline\" when the tables are those of the migrations; it records them as "
                + "applied.")
    }
}

extension PostgresError {
    /// Whether the connection ended, or cannot be made at the moment.
    var isLoss: Bool { [.lost, .outcomeUnknown, .unreachable, .startingUp].contains(kind) }
}
