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

/// A fault: clients write through the pooler of a cluster while something is done to it; afterwards what they were told is
/// held against what is there, and every node's word against the others'.
struct FaultRun: Sendable {
    let system: ParlorSystem
    let writers: Writers
    let watch: OnePrimary
    let account: FaultAccount
    let table: WriterTable
    /// Who led before.
    let leader: String
    let seed: UInt64

    /// What came out.
    struct Finding: Sendable {
        let check: RowCheck
        let measurements: WriterMeasurements
        let acknowledging: PrimaryLedger
        /// Who led before.
        let before: String
        /// Who leads now.
        let leader: String
        let seed: UInt64

        /// Expects what holds after every fault: nothing that was acknowledged is lost, and no two nodes acknowledged in
        /// one timeline, nor one in an older.
        func expectInvariants(sourceLocation: SourceLocation = #_sourceLocation) {
            let note = Comment(rawValue: "seed \(seed): \(check)")
            #expect(check.holds, note, sourceLocation: sourceLocation)
            #expect(acknowledging.violations.isEmpty, note, sourceLocation: sourceLocation)
            #expect(!acknowledging.sightings.isEmpty, note, sourceLocation: sourceLocation)
        }

        /// Expects that no client saw an error, neither of a write nor of an attempt to connect.
        func expectNoErrors(sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(measurements.errors == [:], "seed \(seed)", sourceLocation: sourceLocation)
            #expect(measurements.connectErrors == [:], "seed \(seed)", sourceLocation: sourceLocation)
        }
    }

    /// Does `fault` to the cluster of the suite under writing clients, waits until it is whole again, and checks.
    static func run(
        _ name: String, clients: Int = 6, pace: Duration = .milliseconds(20),
        _ fault: @escaping @Sendable (FaultRun) async throws -> Void
    ) async throws -> Finding {
        try await ClusterScope.with { system in
            try await run(name, on: system, clients: clients, pace: pace, fault)
        }
    }

    /// The same to any cluster.
    static func run(
        _ name: String, on system: ParlorSystem, clients: Int = 6, pace: Duration = .milliseconds(20),
        _ fault: @escaping @Sendable (FaultRun) async throws -> Void
    ) async throws -> Finding {
        let (seed, loop) = (SeededGenerator().seed, system.loop)
        let leader = try await system.whole()
        let account = try await FaultAccount.prepare(system, leader)
        let table = WriterTable("\(FaultAccount.name).rows_\(RandomIdentifier.hex(bytes: 4))", seed: seed)
        try await account.create(table, loop)
        let nodes = try await system.cluster().nodes.map(\.name)
        let servers = try Dictionary(uniqueKeysWithValues: nodes.map { ($0, try system.superuser(of: $0)) })
        return try await withTemporaryFolder { folder in
            let journal = try await Journal.create("\(folder)/journal", on: loop)
            var plan = WriterPlan(clients: clients, options: account.options, table: table, pace: pace)
            plan.sessionOptions = SessionOptions(preparation: .unnamed)
            let writers = Writers(plan, journal: journal)
            let run = FaultRun(
                system: system, writers: writers, watch: OnePrimary(servers), account: account, table: table,
                leader: leader,
                seed: seed)
            try await run.perform(fault)
            let leader = try await system.whole()
            let check = try await Checker(table, on: loop).check(system.superuser(of: leader), against: journal)
            GapTable.shared.add(GapTable.Row(name, seed: seed, writers.measurements, check))
            return Finding(
                check: check, measurements: writers.measurements, acknowledging: run.watch.acknowledging,
                before: run.leader, leader: leader, seed: seed)
        }
    }

    private func perform(_ fault: @escaping @Sendable (FaultRun) async throws -> Void) async throws {
        let loop = system.loop
        async let writing: Void = writers.run(on: loop)
        async let watching: Void = watch.run(on: loop)
        let outcome: Swift.Result<Void, any Error>
        do {
            try await acknowledge()
            try await fault(self)
            outcome = .success(())
        } catch { outcome = .failure(error) }
        writers.stop()
        watch.stop()
        try await writing
        await watching
        try outcome.get()
    }

    /// Waits until the clients have got on.
    func acknowledge(_ count: Int = 60) async throws { try await writers.acknowledge(count, on: system.loop) }

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

    /// Waits until writes of clients go somewhere else than to who led before.
    func succeeded() async throws {
        let leader = leader
        try await watch.wait(on: system.loop) { ($0.succession.last ?? leader) != leader }
        try await acknowledge()
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

    /// Makes it where it is missing, and what `OnePrimary` needs.
    static func prepare(_ system: ParlorSystem, _ leader: String) async throws -> FaultAccount {
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
        var options = try system.pooled(name, password)
        // A thousand that come at once need their time.
        options.connectTimeout = .seconds(60)
        return FaultAccount(options: options)
    }

    /// Makes a table of the writers.
    func create(_ table: WriterTable, _ loop: EventLoop) async throws {
        let session = try await PostgresSession.connect(options, SessionOptions(preparation: .unnamed), on: loop)
        defer { session.close() }
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
