import Basics
import Glibc
import Loop
import Redis
import RedisTestSupport
import TestSupport
import Testing

@testable import Store

@Suite struct InvalidationTests {
    private let key = CacheKey("salon", "7")

    @Test(
        "What was read before a commit is never stored after its invalidation, and nobody who comes later is given it")
    func fence() async throws {
        try await withCache { [key] bench in
            let load = HeldLoad(bench.loop)
            let early = Task(executorPreference: bench.loop) { try await bench.value("7") { try await load("old") } }
            try await load.began.value(on: bench.loop)
            // The commit happens here, after the load has read.
            #expect(await bench.cache.forget([key], in: CacheBench.ada))
            #expect(try await bench.read("7", orLoad: "new") == "new")
            load.gate.succeed()
            #expect(try await early.value == "old")
            await bench.loop.settle()
            #expect(try await bench.read("7", orLoad: "newest") == "new")
            await bench.loadsEnded()
            #expect(bench.loads(.unstored) == 1 && bench.loads(.stored) == 1)
        }
    }

    @Test("The same with the load in another process, whether or not somebody loads in between")
    func fenceAcrossProcesses() async throws {
        try await withRedis { [key] options, loop in
            for loadsBetween in [false, true] {
                let (reader, writer) = (
                    try await CacheBench(options, on: loop), try await CacheBench(options, on: loop)
                )
                defer {
                    reader.redis.closeNow()
                    writer.redis.closeNow()
                }
                let load = HeldLoad(loop)
                let early = Task(executorPreference: loop) { try await reader.value("7") { try await load("old") } }
                try await load.began.value(on: loop)
                #expect(await writer.cache.forget([key], in: CacheBench.ada))
                if loadsBetween { #expect(try await writer.read("7", orLoad: "new") == "new") }
                load.gate.succeed()
                #expect(try await early.value == "old")
                await reader.loadsEnded()
                #expect(try await writer.read("7", orLoad: "new") == "new")
                #expect(try await reader.read("7", orLoad: "newer") == "new")
                #expect(await writer.cache.forget([key], in: CacheBench.ada))
            }
        }
    }

    @Test("A lease that Redis lost with its memory forbids to store too")
    func flushed() async throws {
        try await withCache { bench in
            let load = HeldLoad(bench.loop)
            let early = Task(executorPreference: bench.loop) { try await bench.value("7") { try await load("old") } }
            try await load.began.value(on: bench.loop)
            try await bench.redis.send(RedisCommand("FLUSHDB"))
            load.gate.succeed()
            #expect(try await early.value == "old")
            #expect(try await bench.read("8", orLoad: "other") == "other")
            await bench.loadsEnded()
            #expect(bench.loads(.unstored) == 1)
        }
    }

    @Test("For as long as replicas lag nobody stores, and afterwards somebody does")
    func replicaLag() async throws {
        try await withCache({ $0.patience = .zero }) { [key] bench in
            #expect(try await bench.read("7", orLoad: "old") == "old")
            #expect(await bench.cache.forget([key], in: CacheBench.ada, replicaLag: .seconds(50)))
            #expect(try await bench.read("7", orLoad: "old, from a replica") == "old, from a replica")
            await bench.loadsEnded()
            #expect(bench.loads(.unstored) == 1)
            let lease = StoredKey(key, of: CacheBench.ada).lease
            #expect((1...50_001).contains(try await bench.redis.send(RedisCommand("PTTL", lease)).integer()))
            try await bench.redis.send(.delete(lease))
            #expect(try await bench.read("7", orLoad: "new") == "new")
            await bench.loadsEnded()
            #expect(bench.loads(.stored) == 2)
        }
    }

    @Test("Another tenant's key of the same name stays")
    func otherTenant() async throws {
        try await withCache { [key] bench in
            let loaded = try await bench.read("7", of: CacheBench.grace, orLoad: "Grace's")
            #expect(await bench.cache.forget([key], in: CacheBench.ada))
            #expect(await bench.cache.forget([], in: CacheBench.ada))
            let kept = try await bench.read("7", of: CacheBench.grace, orLoad: "else")
            #expect(loaded == "Grace's" && kept == loaded)
        }
    }

    /// Two processes read and write one row at random, until everything is at rest, and again.
    @Test("Whatever the order of reads, commits and invalidations, nothing older than the last invalidation comes back")
    func simulation() async throws {
        let seconds = getenv("PARLOR_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) } ?? 0
        try await withRedis { options, loop in
            var generator = SeededGenerator()
            var benches: [CacheBench] = []
            for _ in 0..<2 {
                benches.append(try await CacheBench(options, on: loop) { $0.lookInterval = .milliseconds(1) })
            }
            defer { for bench in benches { bench.redis.closeNow() } }
            let row = Row()
            let end = ContinuousClock.now + .seconds(seconds)
            var rounds = 0
            while rounds < 40 || ContinuousClock.now < end {
                rounds += 1
                try await Self.mix(benches, row, &generator)
                // At rest, what is stored must be the last commit, for both.
                for bench in benches {
                    let read = try await bench.read("7", orLoad: "\(row.committed)")
                    #expect(read == "\(row.committed)", generator.note)
                }
            }
            #expect(benches.map { $0.answers(.hit) }.reduce(0, +) > 10)
            #expect(benches.flatMap(\.log.records).isEmpty)
        }
    }

    private static func mix(_ benches: [CacheBench], _ row: Row, _ generator: inout SeededGenerator) async throws {
        let note = generator.note
        try await withThrowingTaskGroup { group in
            for _ in 0..<Int.random(in: 2...8, using: &generator) {
                let process = Int.random(in: benches.indices, using: &generator)
                let (first, second) = (
                    Int.random(in: 0...6, using: &generator), Int.random(in: 0...6, using: &generator)
                )
                if Bool.random(using: &generator) {
                    group.addTask { await write(benches[process], process, row, first, second, note) }
                } else {
                    group.addTask { try await read(benches[process], process, row, first, second, note) }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func write(
        _ bench: CacheBench, _ process: Int, _ row: Row, _ first: Int, _ second: Int, _ note: Comment
    ) async {
        for _ in 0..<first { await Task.yield() }
        row.committed += 1
        let written = row.committed
        for _ in 0..<second { await Task.yield() }
        #expect(await bench.cache.forget([CacheKey("salon", "7")], in: CacheBench.ada), note)
        row.forgotten[process] = max(row.forgotten[process], written)
    }

    private static func read(
        _ bench: CacheBench, _ process: Int, _ row: Row, _ first: Int, _ second: Int, _ note: Comment
    ) async throws {
        for _ in 0..<first { await Task.yield() }
        // What this process itself had forgotten when it asked; a load of its own may go on while the other forgets.
        let oldest = row.forgotten[process]
        let found = try await bench.value("7") {
            let read = row.committed
            for _ in 0..<second { await Task.yield() }
            return "\(read)"
        }
        #expect(found.flatMap { Int($0) } ?? -1 >= oldest, note)
    }

    private final class Row: @unchecked Sendable {
        // Guard of @unchecked Sendable: the loop of the test only.
        var committed = 0
        /// The last commit that each process had forgotten the key for.
        var forgotten = [0, 0]
    }
}
