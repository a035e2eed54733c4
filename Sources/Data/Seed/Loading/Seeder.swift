import Basics
package import Loop
package import Postgres

/// Fills a database with a seed, all of it or nothing that would be taken for it.
///
/// A row of `seeds` comes first, which names the salons and says that the seed is not complete; it changes with the last
/// commit, when every row was counted and every reference proven. Whoever finds it unchanged removes the salons and begins
/// again, so a seeding may end at any moment: what was copied by then is either gone with its connection or removed.
/// Two seedings do not meet, because each waits for a lock that lives as long as the connections of the other.
package struct Seeder: Sendable {
    let options: ConnectionOptions
    let loop: EventLoop
    private let schema: String
    private let connections: Int
    let report: @Sendable (SeedEvent) -> Void

    /// A seeder of the tables in a schema, which copies over so many connections at once.
    package init(
        _ options: ConnectionOptions, schema: String = "public", connections: Int = 2, on loop: EventLoop,
        report: @escaping @Sendable (SeedEvent) -> Void = { _ in }
    ) {
        self.options = options
        self.schema = schema
        self.connections = max(1, min(connections, 64))
        self.loop = loop
        self.report = report
    }

    /// What a request would make.
    package func plan(_ request: SeedRequest) async throws -> SeedPlan {
        let seed = try await session(request.actor)
        defer { seed.session.close() }
        let world = SeedWorld(request, zones: try await ZoneOffsets(request.calendar, from: seed.session))
        return SeedPlan(world.tables(await SeedTotals(world)))
    }

    /// Makes what is requested; nil when it is there already, or, with `keepsOther`, when the seed is there in another size
    /// or with another end.
    package func seed(
        _ request: SeedRequest, allowsForeign: Bool = false, keepsOther: Bool = false
    ) async throws -> SeedResult? {
        let seed = try await session(request.actor)
        defer { seed.session.close() }
        try await seed.beTheOnlyOne()
        let presence = try await SeedPresence(request.number, in: seed.session)
        let decision = SeedDecision(
            request, mark: presence.mark, foreign: presence.foreign, allowsForeign: allowsForeign)
        if keepsOther, case .refuseOther = decision { return nil }
        if let refusal = decision.refusal { throw refusal }
        guard case .begin(let removesRest) = decision else { return nil }
        if removesRest {
            report(.removing)
            _ = try await SeedRemoval(request.number).run(in: seed.session)
        }
        return try await make(request, seed)
    }

    /// Removes a seed; the rows of each table, empty when there is no such seed.
    package func remove(_ number: UInt64) async throws -> [(table: String, rows: Int)] {
        let request = SeedRequest(number: number, size: .demo, until: .now())
        let seed = try await session(request.actor)
        defer { seed.session.close() }
        try await seed.beTheOnlyOne()
        report(.removing)
        return try await SeedRemoval(number).run(in: seed.session)
    }

    private func session(_ actor: String) async throws -> SeedSession {
        try await SeedSession(options, schema: schema, actor: actor, on: loop)
    }

    // MARK: - Making

    private func make(_ request: SeedRequest, _ seed: SeedSession) async throws -> SeedResult {
        let start = ContinuousClock.now
        let world = SeedWorld(request, zones: try await ZoneOffsets(request.calendar, from: seed.session))
        let tables = world.tables(await SeedTotals(world))
        let plan = SeedPlan(tables)
        report(.planned(plan))
        try await addPartitions(request.calendar.months, seed.session)
        try await SeedMark(request, isComplete: false).insert(for: world.salons.map(\.id), in: seed.session)
        let loading = ContinuousClock.now
        let workers = try await workers(request)
        defer { for worker in workers { worker.session.close() } }
        for stage in Set(tables.map(\.stage)).sorted() {
            try await load(LoadQueue(tables.filter { $0.stage == stage }, parts: connections), over: workers)
        }
        let loaded = ContinuousClock.now
        report(.proving)
        try await analyze(tables, over: workers)
        try await SeedProof(tables.map(\.name)).run(in: seed.session)
        try await complete(request, seed.session)
        return SeedResult(
            plan: plan, loading: loaded - loading, whole: .now - start, areTriggersLeftOut: seed.isUnchecked)
    }

    private func addPartitions(_ months: [Timestamp], _ session: PostgresSession) async throws {
        try await session.query(
            """
            SELECT add_partition(parent, (month AT TIME ZONE 'UTC')::date)
            FROM unnest($1::timestamptz[]) AS month, unnest(ARRAY['messages', 'ai_messages', 'webhook_logs']) AS parent
            """, months, fate: .own)
    }

    private func complete(_ request: SeedRequest, _ session: PostgresSession) async throws {
        // Waits until this commit, and with it all before, is on the disk.
        try await session.execute("SET synchronous_commit = on")
        try await session.query(
            "UPDATE seeds SET is_complete = true WHERE number = $1", "\(request.number)", fate: .own)
    }

    // MARK: - Loading

    private func workers(_ request: SeedRequest) async throws -> [SeedSession] {
        var workers: [SeedSession] = []
        do {
            for _ in 0..<connections {
                let worker = try await session(request.actor)
                workers.append(worker)
                try await worker.joinIn()
            }
        } catch {
            for worker in workers { worker.session.close() }
            throw error
        }
        return workers
    }

    private func load(_ queue: LoadQueue, over workers: [SeedSession]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers {
                group.addTask(executorPreference: loop) {
                    while let job = queue.next() { queue.count(try await copy(job, worker.session), of: job.table) }
                }
            }
            try await group.waitForAll()
        }
        try queue.check()
    }

    private func copy(_ job: LoadJob, _ session: PostgresSession) async throws -> Int {
        try await session.copyIn(job.table.statement) { copy in
            var buffer = CopyBuffer()
            try await copy.write(CopyBuffer.head)
            for unit in job.units {
                job.table.write(unit, &buffer)
                guard buffer.bytes.count >= LoadJob.pieceSize else { continue }
                try await copy.write(buffer.bytes)
                report(.copied(buffer.rows))
                buffer.removeAll()
            }
            try await copy.write(buffer.bytes + CopyBuffer.tail)
            report(.copied(buffer.rows))
        }
    }

    // MARK: - Statistics

    /// Tells the planner what is there now; the large tables first, in turns.
    private func analyze(_ tables: [SeedTable], over workers: [SeedSession]) async throws {
        let names = tables.sorted { $0.rows * $0.rowSize > $1.rows * $1.rowSize }.map(\.name)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (turn, worker) in workers.enumerated() {
                group.addTask(executorPreference: loop) {
                    for place in stride(from: turn, to: names.count, by: connections) {
                        try await Self.analyze(names[place], worker.session)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Without JSON, which takes longer than all the rest, and nothing is searched by it.
    private static func analyze(_ table: String, _ session: PostgresSession) async throws {
        let columns = try await session.query(
            """
            SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
            WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND atttypid <> 'jsonb'::regtype
            """, table)
        try await session.query("ANALYZE \(table) (\(columns.only.values(as: String.self)))", fate: .own)
    }
}
