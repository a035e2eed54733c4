import Basics
import Glibc
import Loop
import Pooling
import Postgres
import ServerTestSupport
import Synchronization
import Testing

@Suite struct TurnTests {
    /// Both trust the same certificates when each trusts both.
    private func authority(_ primaries: TestPrimary...) throws -> String {
        let file = primaries[0].folder.path("authority.crt")
        try primaries[0].folder.write(
            primaries.map { try Files.readText($0.certificate) }.joined(), to: "authority.crt")
        return file
    }

    /// Fifty clients that write until `isOver`; the longest time that one of them waited.
    private func write(
        _ pooler: TestPooler, until isOver: @escaping @Sendable () -> Bool, acknowledged: @escaping @Sendable () -> Void
    ) async throws -> Duration {
        let loop = pooler.loop
        return try await withThrowingTaskGroup(of: Duration.self) { group in
            for number in 0..<50 {
                group.addTask(executorPreference: loop) {
                    let client = try await pooler.connect()
                    defer { client.close() }
                    var longest = Duration.zero
                    while !isOver() {
                        let start = ContinuousClock.now
                        try await client.query("INSERT INTO note (number) VALUES ($1)", Int32(number), fate: .own)
                        longest = max(longest, start.duration(to: .now))
                        acknowledged()
                    }
                    return longest
                }
            }
            return try await group.reduce(.zero) { max($0, $1) }
        }
    }

    @Test("Under fifty writing clients a turn to another primary costs no client an error, and no write")
    func underLoad() async throws {
        let old = try TestPrimary()
        let new = try old.standby()
        try await TestPooler.run(leading: old, authority: authority(old, new)) { pooler in
            let (turns, done) = AsyncStream<PoolerTopology>.makeStream()
            let turn = pooler.turn(from: old) { done.yield($0) }
            let following = Task(executorPreference: pooler.loop) { await turn.run() }
            defer { following.cancel() }
            let count = Atomic(0)
            let goal = Atomic(Int.max)
            let writing = Task(executorPreference: pooler.loop) {
                try await write(pooler, until: { count.load(ordering: .relaxed) >= goal.load(ordering: .relaxed) }) {
                    count.add(1, ordering: .relaxed)
                }
            }
            while count.load(ordering: .relaxed) < 500 { await Task.yield() }
            let promoting = try await PostgresSession.connect(new.superuser, on: pooler.loop)
            try await promoting.query("SELECT pg_promote()")
            promoting.close()
            let start = ContinuousClock.now
            turn.leader(PoolerTopology(leader: new.node))
            for await topology in turns {
                #expect(topology.leader == new.node)
                break
            }
            let took = start.duration(to: .now)
            goal.store(count.load(ordering: .relaxed) + 500, ordering: .relaxed)
            let stall = try await writing.value
            print("turn: files and RELOAD \(took.brief), longest write \(stall.brief)")
            let (before, after) = (
                try await notes(old, of: old, on: pooler.loop), try await notes(new, of: new, on: pooler.loop)
            )
            // A standby that was promoted has what the old one wrote before; together they have every acknowledged write.
            #expect(before > 0 && after > 0)
            #expect(before + after == count.load(ordering: .relaxed))
            #expect(try await pooler.admin.servers().allSatisfy { $0.node == new.node || $0.mustClose })
        }
    }

    private func notes(_ primary: TestPrimary, of writer: TestPrimary, on loop: EventLoop) async throws -> Int {
        let session = try await PostgresSession.connect(primary.superuser, on: loop)
        defer { session.close() }
        return try await session.query("SELECT count(*) FROM note WHERE port = $1", writer.port).only[0, as: Int.self]
    }

    @Test("A lost leader holds statements back, a follower is not turned to, and its promotion lets them go on")
    func lost() async throws {
        let old = try TestPrimary()
        let new = try old.standby()
        try await TestPooler.run(leading: old, authority: authority(old, new)) { pooler in
            let (turns, done) = AsyncStream<PoolerTopology>.makeStream()
            let turn = pooler.turn(from: old) { done.yield($0) }
            let following = Task(executorPreference: pooler.loop) { await turn.run() }
            defer { following.cancel() }
            let clients = try await withThrowingTaskGroup(of: PostgresSession.self) { group in
                for _ in 0..<20 { group.addTask(executorPreference: pooler.loop) { try await pooler.connect() } }
                return try await group.reduce(into: [PostgresSession]()) { $0.append($1) }
            }
            defer { for client in clients { client.close() } }
            old.process.stop()
            turn.leader(nil)
            while try await !pooler.admin.databases().allSatisfy(\.isPaused) {}
            let writes = clients.map { client in
                Task(executorPreference: pooler.loop) {
                    try await client.query("INSERT INTO note (number) VALUES (1) RETURNING port").only[0, as: Int.self]
                }
            }
            while try await pooler.admin.pools().reduce(0, { $0 + $1.waitingClients }) < clients.count {}
            turn.leader(PoolerTopology(leader: new.node))
            // It follows still: the probe says so, and nothing turns.
            let promoting = try await PostgresSession.connect(new.superuser, on: pooler.loop)
            defer { promoting.close() }
            #expect(try await promoting.query("SELECT pg_is_in_recovery()").only[0, as: Bool.self])
            #expect(turn.current.leader == old.node)
            #expect(try await pooler.admin.databases().allSatisfy(\.isPaused))
            try await promoting.query("SELECT pg_promote()")
            for await topology in turns {
                #expect(topology.leader == new.node)
                break
            }
            for write in writes { #expect(try await write.value == new.port) }
            #expect(try await !pooler.isPaused())
        }
    }

    @Test("A client of a leader that dies gets one error, and its next statement works on the new leader")
    func killed() async throws {
        let old = try TestPrimary()
        let new = try old.standby()
        try await TestPooler.run(leading: old, authority: authority(old, new)) { pooler in
            let turn = pooler.turn(from: old)
            let following = Task(executorPreference: pooler.loop) { await turn.run() }
            defer { following.cancel() }
            let client = try await pooler.connect()
            let idle = try await pooler.connect()
            defer { idle.close() }
            let write = Task(executorPreference: pooler.loop) {
                try await client.query("SELECT pg_sleep(3600)", fate: .own)
            }
            while try await pooler.admin.pools().allSatisfy({ $0.activeServers == 0 }) {}
            old.process.stop()
            turn.leader(nil)
            let error = await #expect(throws: PostgresError.self) { try await write.value }
            #expect(error.map { [.lost, .statement].contains($0.kind) } == true)
            turn.leader(PoolerTopology(leader: new.node))
            let promoting = try await PostgresSession.connect(new.superuser, on: pooler.loop)
            defer { promoting.close() }
            try await promoting.query("SELECT pg_promote()")
            // Who had nothing under way goes on with the same connection.
            let row = try await idle.query("INSERT INTO note (number) VALUES (3) RETURNING port").only
            #expect(try row[0, as: Int.self] == new.port)
            client.close()
            let again = try await pooler.connect()
            defer { again.close() }
            #expect(try await again.query("SELECT 1").count == 1)
        }
    }

    @Test("A session that listens leaves the old leader, and its client hears that something may be missing")
    func sessions() async throws {
        let old = try TestPrimary.running()
        let new = try TestPrimary.running()
        try await TestPooler.run(.session, leading: old) { pooler in
            let heard = try await PostgresNotifications.listen(pooler.options(), to: ["bell"], on: pooler.loop)
            defer { heard.close() }
            var configuration = pooler.part.configuration
            configuration.topology = PoolerTopology(leader: PoolerNode(host: "localhost", port: new.port))
            try configuration.writeSettings()
            try await pooler.admin.reload()
            for try await event in heard {
                if case .gap = event { break }
            }
        }
    }
}
