import Basics
import Loop
import LoopTestSupport
import Postgres
import Redis
import RedisTestSupport
import Telemetry
import Testing

@testable import Store

@Suite struct CacheFaultTests {
    private let key = CacheKey("salon", "7")
    private static let gone = "Redis is left alone for a while"
    private static let back = "Redis is used again"
    private static let full = "Redis takes nothing new for a while"
    private static let roomy = "Redis takes values again"

    /// A cache through a proxy. Its patience is long until a test takes it away, so that a busy machine is not taken for a
    /// broken Redis.
    private func withProxiedCache(
        _ body: @escaping @Sendable (FaultProxy, CacheBench) async throws -> Void
    ) async throws {
        try await withRedisProxy { proxy, options, loop in
            let bench = try await CacheBench(options, on: loop)
            defer { bench.redis.closeNow() }
            try await body(proxy, bench)
        }
    }

    @Test("A Redis that hangs costs a few short waits, then nothing, and is used again when it answers")
    func hanging() async throws {
        try await withProxiedCache { proxy, bench in
            _ = try await bench.read("7", orLoad: "kept")
            await bench.loadsEnded()
            proxy.stall()
            bench.cache.options.commandLimit = .milliseconds(40)
            for number in 0..<50 { #expect(try await bench.read("8", orLoad: "\(number)") == "\(number)") }
            #expect(bench.answers(.bypassed) >= 46)
            bench.cache.options.commandLimit = .seconds(60)
            proxy.release()
            try await bench.log.wait(for: Self.back)
            #expect(try await bench.read("7", orLoad: "lost") == "kept")
            #expect(bench.log.count(Self.gone) == bench.log.count(Self.back))
        }
    }

    @Test("A Redis that is cut off again and again changes no answer, and each change is told once")
    func cut() async throws {
        try await withProxiedCache { proxy, bench in
            for round in 0..<10 {
                proxy.cut()
                for id in 0..<5 { #expect(try await bench.read("\(id)", orLoad: "of \(id)") == "of \(id)") }
                _ = await bench.cache.forget([CacheKey("salon", "\(round % 5)")], in: CacheBench.ada)
            }
            while bench.cache.connection.isOpen {
                try await bench.log.wait(for: Self.back, times: bench.log.count(Self.gone))
            }
            #expect(bench.log.count(Self.gone) == bench.log.count(Self.back))
        }
    }

    @Test("An invalidation that does not reach Redis is said again before anything is read from there")
    func owedInvalidation() async throws {
        try await withProxiedCache { proxy, bench in
            _ = try await bench.read("7", orLoad: "old")
            await bench.loadsEnded()
            proxy.stall()
            bench.cache.options.commandLimit = .milliseconds(40)
            #expect(await bench.cache.forget([key], in: CacheBench.ada) == false)
            #expect(await bench.cache.forget([CacheKey("salon", "8")], in: CacheBench.ada) == false)
            #expect(try await bench.read("7", orLoad: "new") == "new")
            bench.cache.options.commandLimit = .seconds(60)
            proxy.cut()
            try await bench.log.wait(for: Self.back)
            #expect(try await bench.read("7", orLoad: "newer") == "newer")
            #expect(bench.cache.owed.isEmpty)
        }
    }

    @Test("An invalidation whose task is cancelled takes place all the same")
    func cancelledInvalidation() async throws {
        try await withCache { [key] bench in
            _ = try await bench.read("7", orLoad: "old")
            await bench.loadsEnded()
            let forgetting = Task(executorPreference: bench.loop) {
                withUnsafeCurrentTask { $0?.cancel() }
                return await bench.cache.forget([key], in: CacheBench.ada)
            }
            #expect(await forgetting.value)
            #expect(try await bench.read("7", orLoad: "new") == "new")
        }
    }

    @Test("A Redis that was never there, or is killed and started again, changes no answer")
    func killed() async throws {
        let server = try TestRedis()
        var options = server.options
        options.backOff = RedisBackOff(shortest: .milliseconds(1), longest: .milliseconds(5), steadyAfter: .zero)
        try await EventLoop.onThread { [options] loop in
            let bench = try await CacheBench(options, on: loop)
            defer { bench.redis.closeNow() }
            _ = try await bench.read("7", orLoad: "old")
            await bench.loadsEnded()
            server.kill()
            for number in 0..<20 { #expect(try await bench.read("7", orLoad: "\(number)") != nil) }
            #expect(await bench.cache.forget([CacheKey("salon", "7")], in: CacheBench.ada) == false)
            #expect(try await bench.read("7", orLoad: "new") == "new")
            try await server.start(on: loop)
            try await bench.log.wait(for: Self.back)
            #expect(try await bench.read("7", orLoad: "newer") == "newer")
            await bench.loadsEnded()
            #expect(try await bench.read("7", orLoad: "newest") == "newer")
        }
    }

    @Test(
        "A Redis whose memory is full, or that is a replica, still answers what it has and forgets; nothing else fails")
    func full() async throws {
        let server = try TestRedis()
        try await EventLoop.onThread { loop in
            let bench = try await CacheBench(server.options, on: loop)
            defer { bench.redis.closeNow() }
            _ = try await bench.read("7", orLoad: "kept")
            _ = try await bench.read("8", orLoad: "kept")
            await bench.loadsEnded()
            try await bench.redis.send(RedisCommand("CONFIG", "SET", "maxmemory", "1"))
            for number in 0..<20 { #expect(try await bench.read("9", orLoad: "\(number)") == "\(number)") }
            #expect(try await bench.read("7", orLoad: "lost") == "kept")
            #expect(await bench.cache.forget([CacheKey("salon", "7")], in: CacheBench.ada))
            #expect(await bench.cache.forget([CacheKey("salon", "8")], in: CacheBench.ada, replicaLag: .seconds(1)))
            #expect(try await bench.read("7", orLoad: "new") == "new")
            #expect(try await bench.read("8", orLoad: "new") == "new")
            #expect(bench.log.count(Self.full) == 1 && bench.log.count(Self.gone) == 0)
            try await bench.redis.send(RedisCommand("CONFIG", "SET", "maxmemory", "0"))
            try await bench.log.wait(for: Self.roomy)
            _ = try await bench.read("9", orLoad: "stored")
            await bench.loadsEnded()
            #expect(try await bench.read("9", orLoad: "lost") == "stored")
            #expect(bench.log.records.allSatisfy { $0.metadata[.part] == .string("cache") })
        }
    }

    @Test("What another process loads is waited for; when it takes too long, this one loads too and stores nothing")
    func otherProcess() async throws {
        try await withRedis { options, loop in
            let first = try await CacheBench(options, on: loop)
            let patient = try await CacheBench(options, on: loop) { $0.patience = .seconds(60) }
            let hasty = try await CacheBench(options, on: loop) { $0.patience = .milliseconds(5) }
            defer { for bench in [first, patient, hasty] { bench.redis.closeNow() } }
            let load = HeldLoad(loop)
            let loading = Task(executorPreference: loop) { try await first.value("7") { try await load("first") } }
            try await load.began.value(on: loop)
            #expect(try await hasty.read("7", orLoad: "own") == "own")
            #expect(hasty.loads(.unstored) == 1)
            let waiting = Task(executorPreference: loop) { try await patient.read("7", orLoad: "own") }
            await loop.settle()
            load.gate.succeed()
            #expect(try await loading.value == "first")
            #expect(try await waiting.value == "first")
        }
    }
}
