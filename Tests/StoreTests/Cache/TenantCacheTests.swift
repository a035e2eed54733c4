import Basics
import JSONText
import Loop
import Postgres
import Redis
import RedisTestSupport
import Telemetry
import TestSupport
import Testing

@testable import Store

@Suite struct TenantCacheTests {
    private struct Failure: Error {}

    @Test("What was loaded once is not loaded again, each tenant and key has its own, and all keys carry the tenant")
    func asideReading() async throws {
        try await withCache { bench in
            for _ in 0..<2 {
                #expect(try await bench.read("7", orLoad: "Ada's") == "Ada's")
                #expect(try await bench.read("7", of: CacheBench.grace, orLoad: "Grace's") == "Grace's")
                #expect(try await bench.read("8", orLoad: "other") == "other")
                await bench.loadsEnded()
            }
            await bench.loadsEnded()
            #expect(bench.answers(.hit) == 3 && bench.answers(.miss) == 3 && bench.loads(.stored) == 3)
            for try await key in bench.redis.scan(matching: "*") {
                let text = try key.text()
                let tenants = [CacheBench.ada, CacheBench.grace]
                #expect(tenants.contains { text.hasPrefix("parlor:{\($0.value)}:salon:") }, "\(text)")
                let life = try await bench.redis.send(RedisCommand("PTTL", text)).integer()
                #expect((40_000...60_000).contains(life))
            }
        }
    }

    @Test("The answer that there is nothing is kept for its own time, and not at all without one")
    func negativeAnswers() async throws {
        try await withCache { bench in
            let loads = Shared(0)
            let load: @Sendable () async throws -> String? = {
                loads.withLock { $0 += 1 }
                return nil
            }
            for _ in 0..<3 { #expect(try await bench.value("7", ttl: .seconds(60, absent: 5), load: load) == nil) }
            #expect(loads.withLock { $0 } == 1)
            let key = StoredKey(CacheKey("salon", "7"), of: CacheBench.ada).value
            await bench.loadsEnded()
            let life = try await bench.redis.send(RedisCommand("PTTL", key)).integer()
            #expect((0...5000).contains(life))
            for _ in 0..<3 {
                #expect(try await bench.value("8", ttl: .seconds(60), load: load) == nil)
                await bench.loadsEnded()
            }
            #expect(loads.withLock { $0 } == 4)
        }
    }

    @Test("An error of a load reaches everybody who waits, is not kept, and lets the next one load and store at once")
    func failingLoad() async throws {
        try await withCache { bench in
            await #expect(throws: Failure.self) { try await bench.value("7") { throw Failure() } }
            let next = try await bench.read("7", orLoad: "there")
            #expect(next == "there")
            await bench.loadsEnded()
            #expect(bench.loads(.failed) == 1 && bench.loads(.stored) == 1)
        }
    }

    @Test("A hundred tasks that ask at once cause one load")
    func singleFlight() async throws {
        try await withCache { bench in
            let load = HeldLoad(bench.loop)
            let asking = (0..<100).map { _ in
                Task(executorPreference: bench.loop) { try await bench.value("7") { try await load("once") } }
            }
            try await load.began.value(on: bench.loop)
            await bench.loop.settle()
            load.gate.succeed()
            for task in asking { #expect(try await task.value == "once") }
            #expect(load.count == 1 && bench.answers(.joined) == 99)
        }
    }

    @Test("A task that is cancelled leaves at once, and the load goes on for the others")
    func cancelledWaiter() async throws {
        try await withCache { bench in
            let load = HeldLoad(bench.loop)
            let first = Task(executorPreference: bench.loop) { try await bench.value("7") { try await load("once") } }
            try await load.began.value(on: bench.loop)
            let second = Task(executorPreference: bench.loop) { try await bench.value("7") { try await load("again") } }
            await bench.loop.settle()
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            load.gate.succeed()
            #expect(try await second.value == "once")
            #expect(load.count == 1)
        }
    }

    @Test("When all who wait are cancelled so is the load, and the next one loads and stores at once")
    func allCancelled() async throws {
        try await withCache { bench in
            let load = HeldLoad(bench.loop)
            let only = Task(executorPreference: bench.loop) { try await bench.value("7") { try await load("never") } }
            try await load.began.value(on: bench.loop)
            only.cancel()
            await #expect(throws: CancellationError.self) { try await only.value }
            await bench.loop.settle()
            #expect(try await bench.read("7", orLoad: "now") == "now")
            await bench.loadsEnded()
            #expect(bench.loads(.stored) == 1)
        }
    }

    @Test("Entries that are broken, foreign, of another version, of another type or under a wrong name count as misses")
    func brokenEntries() async throws {
        try await withCache { bench in
            var generator = SeededGenerator()
            let key = StoredKey(CacheKey("salon", "7"), of: CacheBench.ada).value
            #expect(try await bench.read("7", orLoad: "good") == "good")
            await bench.loadsEnded()
            let good = try await bench.redis.send(.get(key)).bytes()
            let other = CacheEntry(version: 1, payload: Array("good".utf8)).bytes(under: key + "8")
            let newer = CacheEntry(version: 2, payload: Array("good".utf8)).bytes(under: key)
            let noText = CacheEntry(version: 1, payload: [0xff]).bytes(under: key)
            var bad = [[], other, newer, noText, Array(good.dropLast()), good + [0], Array("garbage".utf8)]
            for _ in 0..<20 {
                var flipped = good
                flipped[.random(in: flipped.indices, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
                bad.append(flipped)
            }
            for bytes in bad {
                try await bench.redis.send(.set(key, to: bytes))
                #expect(try await bench.read("7", orLoad: "loaded") == "loaded", generator.note)
                await bench.loadsEnded()
                #expect(try await bench.read("7", orLoad: "again") == "loaded", generator.note)
            }
            try await bench.redis.transaction([.delete(key), RedisCommand("HSET", key, "a", "b")])
            #expect(try await bench.read("7", orLoad: "loaded") == "loaded")
            await bench.loadsEnded()
            #expect(try await bench.read("7", orLoad: "again") == "loaded")
            #expect(bench.log.records.isEmpty)
        }
    }

    @Test("Values may be bytes or whatever writes itself as JSON; what is too large is not kept")
    func codecs() async throws {
        try await withCache({ $0.valueBytesMax = 1000 }) { bench in
            let cache = bench.cache
            for _ in 0..<2 {
                let profile = try await cache.value(
                    for: CacheKey("profile", "7"), in: CacheBench.ada, ttl: .seconds(60)
                ) { Profile(name: "Ada \u{0}\"ä", seats: 4) }
                #expect(profile == Profile(name: "Ada \u{0}\"ä", seats: 4))
                let bytes = try await cache.value(for: CacheKey("logo", "7"), in: CacheBench.ada, ttl: .seconds(60)) {
                    [UInt8](0...255)
                }
                #expect(bytes == Array(0...255))
                #expect(try await bench.read("7", orLoad: String(repeating: "a", count: 2000))?.count == 2000)
            }
            await bench.loadsEnded()
            #expect(bench.answers(.hit) == 0 && bench.loads(.unstored) == 2)
        }
    }

    private struct Profile: JSONCacheStorable, Equatable {
        var name: String
        var seats: Int

        init(name: String, seats: Int) {
            self.name = name
            self.seats = seats
        }

        init(reading json: inout JSONCursor) throws(JSONFault) {
            name = try json.required("name")
            seats = try json.required("seats")
        }

        func write(to json: inout JSONAppender) {
            json.object { json in
                json.member("name", name)
                json.member("seats", seats)
            }
        }
    }
}
