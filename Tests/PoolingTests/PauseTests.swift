import Basics
import Loop
import Pooling
import Postgres
import Testing

@Suite struct PauseTests {
    private struct Broken: Error {}

    @Test("Statements wait while it is paused, and none fails")
    func waiting() async throws {
        try await TestPooler.run(leading: TestPrimary.running()) { pooler in
            let client = try await pooler.connect()
            defer { client.close() }
            let loop = pooler.loop
            let begun = LoopWait<Void>()
            let pause = Task(executorPreference: loop) {
                try await pooler.part.pauses.paused(
                    ["salon"], within: .seconds(60), quietWithin: .seconds(10)
                ) { outcome in
                    begun.succeed()
                    while try await pooler.admin.pools().allSatisfy({ $0.waitingClients == 0 }) {}
                    return outcome
                }
            }
            try await begun.value(on: loop)
            let answer = try await client.query("SELECT 5").only[0, as: Int.self]
            #expect(answer == 5)
            #expect(try await pause.value == .quiet)
            #expect(try await !pooler.isPaused())
        }
    }

    @Test("An error, a cancellation and the deadline let clients go on", arguments: ["error", "cancel", "deadline"])
    func waysOut(_ way: String) async throws {
        try await TestPooler.run(leading: TestPrimary.running()) { pooler in
            let loop = pooler.loop
            let begun = LoopWait<Void>()
            let limit: Duration = way == "deadline" ? .milliseconds(200) : .seconds(60)
            let pause = Task(executorPreference: loop) {
                try await pooler.part.pauses.paused(["salon"], within: limit, quietWithin: .seconds(10)) { _ in
                    #expect(try await pooler.isPaused())
                    begun.succeed()
                    if way == "error" { throw Broken() }
                    try await loop.sleep(for: .seconds(3600))
                }
            }
            try await begun.value(on: loop)
            if way == "cancel" { pause.cancel() }
            switch (way, await pause.result) {
            case ("error", .failure(let error)): #expect(error is Broken)
            case ("cancel", .failure(let error)): #expect(error is CancellationError)
            case ("deadline", .failure(let error)): #expect((error as? ParlorError)?.code == .timeout)
            default: Issue.record("the pause ended without an error")
            }
            #expect(try await !pooler.isPaused())
        }
    }

    @Test("A transaction that does not end makes the pause busy, and goes on itself")
    func busy() async throws {
        try await TestPooler.run(leading: TestPrimary.running()) { pooler in
            let client = try await pooler.connect()
            defer { client.close() }
            try await client.transaction {
                try await client.query("SELECT 1")
                let outcome = try await pooler.part.pauses.paused(
                    ["salon"], within: .seconds(60), quietWithin: .milliseconds(50)
                ) { $0 }
                #expect(outcome == .busy)
                #expect(try await client.query("SELECT 1").count == 1)
            }
            #expect(try await !pooler.isPaused())
        }
    }

    @Test("What somebody paused who is gone is let go on by the next probe, what has a claim is not")
    func leftBehind() async throws {
        try await TestPooler.run(leading: TestPrimary.running()) { pooler in
            #expect(try await pooler.admin.pause("salon", within: .seconds(10)) == .quiet)
            let hold = pooler.part.pauses.hold(["odd"], within: .seconds(60))
            try await pooler.part.pauses.pause(hold)
            try await pooler.part.pauses.mend()
            let paused = try await pooler.admin.databases().filter(\.isPaused).map(\.alias)
            #expect(paused == ["odd"])
            await hold.end()
            await hold.end()
            #expect(try await !pooler.isPaused())
            try await pooler.admin.resume("salon")
        }
    }
}
