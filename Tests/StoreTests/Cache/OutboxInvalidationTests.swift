import Loop
import Postgres
import Redis
import RedisTestSupport
import Testing

@testable import Store

@Suite("What a commit makes the cache forget") struct OutboxInvalidationTests {
    private static let key = CacheKey("services", "all")

    private static func names(_ cache: TenantCache, _ store: Store, _ scope: SalonScope) async throws -> String? {
        try await cache.value(for: key, in: scope.salon, ttl: .seconds(60)) {
            try await store.read(ServiceStatements.names, (), in: scope, .deciding).joined(separator: ",")
        }
    }

    private static func add(_ name: String, _ store: Store, _ scope: SalonScope) async throws {
        try await store.transaction(in: scope) {
            try await $0.run(ServiceStatements.add, name)
            try await CacheInvalidation.put([key], in: $0)
        }
    }

    @Test("Is forgotten when the outbox is handed on, and what Redis did not hear is said again")
    func forgotten() async throws {
        try await withStore { store, ada, eve, superuser in
            var options = try TestRedis.shared().options
            options.database = TestRedis.freshDatabase()
            let bench = try await CacheBench(options, on: store.loop)
            defer { bench.redis.closeNow() }
            try await Self.add("Cut", store, ada)
            let relay = OutboxRelay(store) { try await CacheInvalidation.perform($0, on: bench.cache) }
            try await relay.handOn()
            #expect(try await Self.names(bench.cache, store, ada) == "Cut")
            #expect(try await Self.names(bench.cache, store, eve) == "")
            await bench.loadsEnded()

            try await Self.add("Nails", store, ada)
            #expect(try await Self.names(bench.cache, store, ada) == "Cut", "nobody has told the cache yet")
            #expect(try await relay.handOn() == 1)
            #expect(try await Self.names(bench.cache, store, ada) == "Cut,Nails")

            bench.redis.closeNow()
            try await Self.add("Wash", store, ada)
            #expect(try await relay.handOn() == 1)
            let left = try await superuser.query("SELECT last_error FROM outbox").only[0, as: String.self]
            #expect(left == "Redis did not hear what it is to forget")
            #expect(try await Self.names(bench.cache, store, ada) == "Cut,Nails,Wash")
        }
    }
}
