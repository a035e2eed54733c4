import Agent
import Basics
import Drills
import FaultTestSupport
import Glibc
import Loop
import Postgres
import Processes
import SystemTestSupport
import Testing

/// More clients at once than the pooler lets in.
extension ClusterSuites.NeighbourFaultTests {
    /// What became of a client that wanted in.
    private enum Entry: Sendable {
        case letIn(PostgresSession)
        case refused(String, after: Duration)
    }

    private static let clients = 2200
    /// More handshakes at a time would take a slow machine longer than anybody waits.
    private static let signingInMax = 400
    /// Twice `pooler.clients`, so that all may connect again before the old connections are gone.
    private static let places = 2000
    private static let refusal = "no more connections allowed (max_client_conn)"
    private static let memoryMax = ByteCount.megabytes(256)

    @Test("Of more clients than there is room for, those let in are served, the others hear why, and operators get in")
    func crowd() async throws {
        let finding = try await FaultRun.run("\(Self.clients) clients at once") { run in
            let (system, account, table) = (run.system, run.account, "\(run.table.name)_crowd")
            // On a thread of its own: what all these clients cost this process is no matter of the pooler's.
            try await EventLoop.onThread { loop in
                let system = try ParlorSystem(place: system.place, system.environment, on: loop)
                try await Self.crowd(system, account, table)
            }
            try await run.acknowledge()
        }
        finding.expectInvariants()
        finding.expectNoErrors()
        #expect(finding.leader == finding.before)
    }

    private static func crowd(_ system: ParlorSystem, _ account: FaultAccount, _ table: String) async throws {
        let pooler = try await system.status().pid("pooler")
        let (sessions, refusals) = try await enter(account.options, system.loop)
        defer { for session in sessions { session.close() } }
        #expect(refusals.allSatisfy { $0.contains(refusal) }, "\(Set(refusals))")
        #expect((places - 100...places).contains(sessions.count))
        #expect(sessions.count + refusals.count == clients)
        try await serve(sessions, table)
        let memory = try peakMemory(of: pooler)
        print("measured: the pooler took \(memory) at most")
        #expect(memory < memoryMax)
        try await expectOperators(system)
        #expect(try await refusalsOfMore(account.options, system.loop) > 0)
        for session in sessions { session.close() }
        #expect(try await refusalsOfMore(account.options, system.loop) == 0)
    }

    private static func enter(_ options: ConnectionOptions, _ loop: EventLoop) async -> Entry {
        let start = ContinuousClock.now
        do {
            return .letIn(try await PostgresSession.connect(options, SessionOptions(preparation: .unnamed), on: loop))
        } catch { return .refused("\(error)", after: start.duration(to: .now)) }
    }

    /// As many as that; those let in stay.
    private static func enter(
        _ options: ConnectionOptions, _ loop: EventLoop, count: Int = clients
    ) async throws -> (sessions: [PostgresSession], refusals: [String]) {
        let start = ContinuousClock.now
        let entries = await withTaskGroup(of: Entry.self, returning: [Entry].self) { group in
            var entries: [Entry] = []
            for number in 0..<count {
                if number >= signingInMax, let entry = await group.next() { entries.append(entry) }
                group.addTask(executorPreference: loop) { await enter(options, loop) }
            }
            return await group.reduce(into: entries) { $0.append($1) }
        }
        let took = start.duration(to: .now)
        var (sessions, refusals, slowest) = ([PostgresSession](), [String](), Duration.zero)
        for entry in entries {
            switch entry {
            case .letIn(let session): sessions.append(session)
            case .refused(let reason, let duration):
                refusals.append(reason)
                slowest = max(slowest, duration)
            }
        }
        print(
            """
            measured: of \(count) clients at once \(sessions.count) were let in, \(refusals.count) refused, all after \
            \(took.brief); the slowest refusal took \(slowest.brief): \(Set(refusals))
            """)
        return (sessions, refusals)
    }

    /// Each of them writes, all at once.
    private static func serve(_ sessions: [PostgresSession], _ table: String) async throws {
        let first = try #require(sessions.first)
        try await first.execute("CREATE TABLE \(table) (number int8)")
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, session) in sessions.enumerated() {
                group.addTask(executorPreference: first.loop) {
                    try await session.query("INSERT INTO \(table) VALUES ($1)", number)
                }
            }
            try await group.waitForAll()
        }
        print("measured: each of them wrote after \(start.duration(to: .now).brief)")
        let count = try await first.query("SELECT count(DISTINCT number) FROM \(table)").only[0, as: Int.self]
        #expect(count == sessions.count)
    }

    /// Whoever has to mend something gets in though clients fill every place: to the cluster's status, into PostgreSQL and
    /// into the pooler's console.
    private static func expectOperators(_ system: ParlorSystem) async throws {
        let cluster = try await system.cluster()
        #expect(cluster.isWell)
        let leader = try #require(cluster.leader)
        let session = try await PostgresSession.connect(system.superuser(of: leader), on: system.loop)
        defer { session.close() }
        let theirs = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1"
        let shared = try await session.query(theirs, FaultAccount.name).only[0, as: Int.self]
        print("measured: they share \(shared) connections to PostgreSQL")
        #expect((1...100).contains(shared))
        let lists = try await system.console("SHOW LISTS")
        let used = try #require(lists.split(separator: "\n").first { $0.contains("used_clients") })
        #expect(try #require(used.split(separator: " ").compactMap { Int($0) }.first) > places - 100, "\(lists)")
    }

    /// Has a hundred more come and go; how many of them were refused.
    private static func refusalsOfMore(_ options: ConnectionOptions, _ loop: EventLoop) async throws -> Int {
        let (sessions, refusals) = try await enter(options, loop, count: 100)
        for session in sessions { session.close() }
        return refusals.count
    }

    /// The most memory that a process has had.
    private static func peakMemory(of pid: Int32) throws -> ByteCount {
        let status = try Files.readText("/proc/\(pid)/status")
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return ByteCount(try #require(line.split { $0 == " " || $0 == "\t" }.compactMap { Int($0) }.first) << 10)
    }
}

extension ParlorSystem {
    /// What the pooler's console answers, which lets in the user that the parts run as alone.
    fileprivate func console(_ command: String) async throws -> String {
        let port = environment["PARLOR_POOLER_PORT"] ?? ""
        let words = [
            "--no-psqlrc", "--tuples-only", "--host", "\(state)/run/pooler/console", "--port", port, "--command",
            command,
            "pgbouncer",
        ]
        let switching = [
            "--reuid=\(Self.account.user)", "--regid=\(Self.account.group)", "--clear-groups", "/usr/bin/psql",
        ]
        let program =
            Machine.isRoot ? Program("/usr/bin/setpriv", switching + words) : Program("/usr/bin/psql", words)
        return try await Child.runSuccessfully(program, within: .seconds(10), on: loop)
    }
}
