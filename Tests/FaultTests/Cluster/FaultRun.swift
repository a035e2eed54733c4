import Agent
import Basics
import Drills
import FaultTestSupport
import Glibc
import Loop
import Postgres
import SystemTestSupport
import TestSupport
import Testing

/// A fault: clients write through the poolers of a cluster while something is done to it; afterwards what they were told is
/// held against what is there, and every node's word against the others'.
struct FaultRun<System: FaultSubject>: Sendable {
    let system: System
    /// The clients of each place.
    let groups: [WriterGroup]
    let watch: OnePrimary
    let account: FaultAccount
    let table: WriterTable
    /// Who led before.
    let leader: String
    let seed: UInt64

    /// The clients that a fault of the leader's place does not hit itself.
    var bystanders: [WriterGroup] { groups.filter { $0.place.name != system.place(with: leader) } }

    /// Does `fault` to a cluster under writing clients, so many in each place, waits until it is whole again, and checks.
    static func run(
        _ name: String, on system: System, clients: Int = 6, pace: Duration = .milliseconds(20),
        _ fault: @escaping @Sendable (FaultRun) async throws -> Void
    ) async throws -> FaultFinding {
        let (seed, loop) = (SeededGenerator().seed, system.loop)
        let leader = try await system.whole(within: FaultAccount.wholeLimit)
        let account = try await FaultAccount.prepare(system, leader)
        let table = WriterTable("\(FaultAccount.name).rows_\(RandomIdentifier.hex(bytes: 4))", seed: seed)
        try await account.create(table, on: system, leader)
        let nodes = try await system.cluster().nodes.map(\.name)
        let servers = try Dictionary(uniqueKeysWithValues: nodes.map { ($0, try system.superuser(of: $0)) })
        return try await withTemporaryFolder { folder in
            let journal = try await Journal.create("\(folder)/journal", on: loop)
            let groups = try system.places.enumerated().map { index, place in
                var plan = WriterPlan(
                    clients: clients, options: try FaultAccount.options(place.system), table: table, pace: pace)
                plan.firstClient = 1 + index * clients
                plan.sessionOptions = SessionOptions(preparation: .unnamed)
                return WriterGroup(place: place, writers: Writers(plan, journal: journal))
            }
            let run = FaultRun(
                system: system, groups: groups, watch: OnePrimary(servers), account: account, table: table,
                leader: leader, seed: seed)
            try await run.perform(fault)
            let after = try await system.whole(within: FaultAccount.wholeLimit)
            let check = try await Checker(table, on: loop).check(system.superuser(of: after), against: journal)
            let finding = run.finding(check, after)
            GapTable.shared.add(finding.row(name))
            return finding
        }
    }

    private func finding(_ check: RowCheck, _ after: String) -> FaultFinding {
        FaultFinding(
            check: check,
            measurements: Dictionary(uniqueKeysWithValues: groups.map { ($0.place.name, $0.writers.measurements) }),
            hit: system.place(with: leader), acknowledging: watch.acknowledging, standing: watch.standing,
            before: leader, leader: after, seed: seed)
    }

    private func perform(_ fault: @escaping @Sendable (FaultRun) async throws -> Void) async throws {
        let loop = system.loop
        async let writing: Void = write()
        async let watching: Void = watch.run(on: loop)
        let outcome: Swift.Result<Void, any Error>
        do {
            for group in groups { try await group.writers.acknowledge(60, on: loop) }
            try await fault(self)
            outcome = .success(())
        } catch { outcome = .failure(error) }
        for group in groups { group.writers.stop() }
        watch.stop()
        try await writing
        await watching
        try outcome.get()
    }

    private func write() async throws {
        try await withThrowingDiscardingTaskGroup { tasks in
            for group in groups {
                tasks.addTask(executorPreference: system.loop) {
                    try await group.place.run { try await group.writers.run(on: $0) }
                }
            }
        }
    }

    /// Waits until the clients of every place that is not hit itself have got on.
    func acknowledge(_ count: Int = 60) async throws {
        for group in bystanders { try await group.writers.acknowledge(count, on: system.loop) }
    }

    /// Waits until writes of clients go somewhere else than to who led before.
    func succeeded() async throws {
        let leader = leader
        try await watch.wait(on: system.loop) { ($0.succession.last ?? leader) != leader }
        try await acknowledge()
    }
}

/// A cluster on this machine.
extension FaultRun where System == ParlorSystem {
    /// The clients.
    var writers: Writers { groups[0].writers }

    /// Does `fault` to the cluster of the suite.
    static func run(
        _ name: String, clients: Int = 6, pace: Duration = .milliseconds(20),
        _ fault: @escaping @Sendable (FaultRun) async throws -> Void
    ) async throws -> FaultFinding {
        try await ClusterScope.with { system in
            try await run(name, on: system, clients: clients, pace: pace, fault)
        }
    }

    /// Stops every process of the leader's node, and the agent, which would fence it, until another has taken over; then
    /// lets them go on. The poolers are not turned while the agent stands still, so clients meet the former primary.
    func freezeLeaderPastItsLease() async throws {
        let (agent, leader) = (try system.agent(), leader)
        let frozen = Freezer(marked: { [agent] + system.processes(of: leader) })
        defer { frozen.thaw() }
        try await watch.wait(on: system.loop) { ($0.succession.last ?? leader) != leader }
    }

    /// Kills Patroni and PostgreSQL of the leader's node at once, and waits until another has taken over.
    func killLeadersNode() async throws {
        for pid in system.processes(of: leader) { kill(pid, SIGKILL) }
        try await succeeded()
    }

    /// Stops Patroni of the leader's node alone until another has taken over: the agent must have fenced the node, and
    /// only then taken its lease away.
    func freezeLeadersPatroni() async throws {
        let patroni = try await system.status().pid(leader)
        let frozen = Freezer(marked: { [patroni] })
        defer { frozen.thaw() }
        try await succeeded()
        let news = try Files.readText("\(system.state)/logs/agent.log")
        #expect(news.contains("fenced \(leader): Patroni did not answer"))
        #expect(news.contains("handed over the lease of \(leader)"))
    }

    /// Stops etcd for longer than the lease lasts, while clients are answered, until the primary knows that it is alone.
    func freezeConsensus(for duration: Duration) async throws {
        let etcd = try await system.status().pid("etcd")
        let frozen = Freezer(marked: { [etcd] })
        defer { frozen.thaw() }
        let start = ContinuousClock.now
        while start.duration(to: .now) < duration { try await acknowledge() }
        let log = try Files.readText("\(system.state)/logs/\(leader).log")
        #expect(log.contains("failsafe mode"))
        frozen.thaw()
        try await acknowledge()
    }
}

/// What came out of a fault.
struct FaultFinding: Sendable {
    let check: RowCheck
    /// What the clients of each place saw.
    let measurements: [String: WriterMeasurements]
    /// The place that was hit itself, if it was one.
    let hit: String?
    /// Who acknowledged writes.
    let acknowledging: PrimaryLedger
    /// Who said that it is a primary.
    let standing: PrimaryLedger
    /// Who led before.
    let before: String
    /// Who leads now.
    let leader: String
    let seed: UInt64

    /// What clients saw that were not in the place that was hit.
    var seen: [WriterMeasurements] { measurements.filter { $0.key != hit }.map(\.value) }
    /// The longest that such clients of one place were without an acknowledged write.
    var gap: Duration { seen.map(\.longestGap).max() ?? .zero }
    /// The errors that such clients saw.
    var errorCount: Int { seen.map(\.errorCount).reduce(0, +) }

    /// Expects what holds after every fault: nothing that was acknowledged is lost, and no two nodes acknowledged in one
    /// timeline, nor one in an older.
    func expectInvariants(sourceLocation: SourceLocation = #_sourceLocation) {
        let note = Comment(rawValue: "seed \(seed): \(check)")
        #expect(check.holds, note, sourceLocation: sourceLocation)
        #expect(acknowledging.violations.isEmpty, note, sourceLocation: sourceLocation)
        #expect(!acknowledging.sightings.isEmpty, note, sourceLocation: sourceLocation)
    }

    /// Expects that no client outside the place that was hit saw an error, neither of a write nor of an attempt to
    /// connect.
    func expectNoErrors(sourceLocation: SourceLocation = #_sourceLocation) {
        for seen in seen {
            #expect(seen.errors == [:], "seed \(seed)", sourceLocation: sourceLocation)
            #expect(seen.connectErrors == [:], "seed \(seed)", sourceLocation: sourceLocation)
        }
    }

    /// A line of the table.
    func row(_ name: String) -> GapTable.Row {
        GapTable.Row(
            name: name, seed: seed, gap: gap, errors: errorCount, acknowledged: check.acknowledged,
            lost: check.lost.count)
    }
}

/// Whom the clients sign in as.
struct FaultAccount {
    /// The role, and the schema that is its own.
    static let name = "faults"
    private static let password = Secret(RandomIdentifier.hex(bytes: 12))

    /// Its way through the pooler.
    let options: ConnectionOptions

    /// Its way to the read pool.
    var readOptions: ConnectionOptions {
        var options = options
        options.database += "_ro"
        return options
    }

    /// How long a cluster may take to become whole again.
    static let wholeLimit = Duration.seconds(180)

    /// Makes it where it is missing, and what `OnePrimary` needs.
    static func prepare(_ system: some FaultSubject, _ leader: String) async throws -> FaultAccount {
        let session = try await PostgresSession.connect(system.superuser(of: leader), on: system.loop)
        defer { session.close() }
        if try await session.query("SELECT 1 FROM pg_roles WHERE rolname = $1", name).isEmpty {
            let verifier = try session.passwordVerifier(password, user: name)
            try await session.execute("CREATE ROLE \(name) LOGIN PASSWORD \(quoteLiteral(verifier.reveal()))")
        }
        // Its commits may not have been acknowledged when the test before ended.
        try await session.execute(
            """
            CREATE SCHEMA IF NOT EXISTS \(name) AUTHORIZATION \(name);
            GRANT CONNECT ON DATABASE \(ParlorSystem.database) TO \(name)
            """)
        try await OnePrimary.createTable(session)
        return FaultAccount(options: try options(system.places[0].system))
    }

    /// Its way through the pooler of a system.
    static func options(_ system: ParlorSystem) throws -> ConnectionOptions {
        var options = try system.pooled(name, password)
        // A thousand that come at once need their time.
        options.connectTimeout = .seconds(60)
        return options
    }

    /// Makes a table of the writers, as its own.
    func create(_ table: WriterTable, on system: some FaultSubject, _ leader: String) async throws {
        let session = try await PostgresSession.connect(system.superuser(of: leader), on: system.loop)
        defer { session.close() }
        try await session.execute("SET ROLE \(Self.name)")
        try await table.create(session)
    }
}

extension ParlorSystem {
    /// Waits until a part, or the agent, has written these words so many times in all.
    func says(
        _ words: String, _ part: String, times: Int = 1, within limit: Duration = .seconds(60)
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while try count(of: words, part) < times {
            guard .now < deadline else { throw Failure("\(part) does not say: \(words)") }
            try await loop.sleep(for: .milliseconds(20))
        }
    }

    /// The same, so many times more than until now.
    func says(_ words: String, _ part: String, more: Int) async throws {
        try await says(words, part, times: count(of: words, part) + more)
    }

    private func count(of words: String, _ part: String) throws -> Int {
        try Files.readText("\(state)/logs/\(part).log").ranges(of: words).count
    }
}
