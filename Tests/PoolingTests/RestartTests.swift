import Basics
import Loop
import Pooling
import Postgres
import Processes
import Synchronization
import TestSupport
import Testing

@Suite struct RestartTests {
    /// Clients that come, write a little and go, until `isOver`; how many writes were acknowledged.
    private func visit(_ pooler: TestPooler, until isOver: @escaping @Sendable () -> Bool) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 {
                group.addTask(executorPreference: pooler.loop) {
                    var count = 0
                    while !isOver() {
                        let client = try await pooler.connect()
                        defer { client.close() }
                        for _ in 0..<5 {
                            try await client.query("INSERT INTO note (number) VALUES (77)", fate: .own)
                            count += 1
                        }
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
    }

    @Test("Under clients that come, write and go, a restart costs none of them an error, and no write")
    func underLoad() async throws {
        let primary = try TestPrimary.running()
        try await TestPooler.run(leading: primary) { pooler in
            let before = try await pooler.process()
            let isOver = Atomic(false)
            let visiting = Task(executorPreference: pooler.loop) {
                try await visit(pooler) { isOver.load(ordering: .relaxed) }
            }
            while try await pooler.admin.traffic().allSatisfy({ $0.transactions < 50 }) {}
            let restart = PoolerRestart(pooler.part, turn: pooler.turn(from: primary), on: pooler.loop)
            let outcome = try await restart.run(launching: TestPooler.unprivileged)
            isOver.store(true, ordering: .relaxed)
            let acknowledged = try await visiting.value
            #expect(outcome.cutClients == 0)
            #expect(try await pooler.process() != before)
            let session = try await PostgresSession.connect(primary.superuser, on: pooler.loop)
            defer { session.close() }
            let written = try await session.query("SELECT count(*) FROM note WHERE number = 77").only[0, as: Int.self]
            #expect(written == acknowledged)
            let plan = pooler.part.configuration.plan
            let salon = try #require(try await pooler.admin.databases().first { $0.alias == "salon" })
            #expect(salon.connectionsMax == plan.transactions.value)
        }
    }

    @Test("A client that stays on is cut off at the end of its transaction, not in it")
    func staying() async throws {
        let primary = try TestPrimary.running()
        try await TestPooler.run(leading: primary) { pooler in
            let client = try await pooler.connect()
            defer { client.close() }
            let restart = PoolerRestart(pooler.part, turn: pooler.turn(from: primary), on: pooler.loop)
            let running = LoopWait<Task<PoolerRestart.Outcome, any Error>>()
            try await client.transaction {
                try await client.query("INSERT INTO note (number) VALUES (78)")
                let task = Task(executorPreference: pooler.loop) {
                    // Long enough for those who have left already to be noticed as gone.
                    try await restart.run(patience: .seconds(1), launching: TestPooler.unprivileged)
                }
                running.succeed(task)
                while try await !pooler.isPaused() {}
                try await client.query("INSERT INTO note (number) VALUES (78)")
            }
            let outcome = try await running.value(on: pooler.loop).value
            // The client, and perhaps the look at the console above, which may just be signing in.
            #expect((1...2).contains(outcome.cutClients))
            let error = await #expect(throws: PostgresError.self) { try await client.query("SELECT 1") }
            #expect(error?.kind == .lost)
            let again = try await pooler.connect()
            defer { again.close() }
            let answer = try await again.query("SELECT count(*) FROM note WHERE number = 78").only
            #expect(try answer[0, as: Int.self] == 2)
        }
    }

    @Test("A successor that cannot start leaves everything as it was")
    func broken() async throws {
        let primary = try TestPrimary.running()
        try await TestPooler.run(leading: primary) { pooler in
            let before = try await pooler.process()
            let client = try await pooler.connect()
            defer { client.close() }
            let restart = PoolerRestart(pooler.part, turn: pooler.turn(from: primary), on: pooler.loop)
            await #expect(throws: (any Error).self) {
                try await restart.run { program in
                    var program = program
                    program.executable = "/bin/false"
                    return program
                }
            }
            #expect(try await client.query("SELECT 1").count == 1)
            #expect(try await pooler.process() == before)
            let plan = pooler.part.configuration.plan
            let salon = try #require(try await pooler.admin.databases().first { $0.alias == "salon" })
            #expect(salon.connectionsMax == plan.transactions.value)
        }
    }
}
