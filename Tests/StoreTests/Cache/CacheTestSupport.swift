import Basics
import Loop
import LoopTestSupport
import Postgres
import Redis
import RedisTestSupport
import Synchronization
import Telemetry

@testable import Store

/// A cache of one process, with what it tells of itself.
struct CacheBench: Sendable {
    let cache: TenantCache
    let redis: RedisConnection
    let loop: EventLoop
    let registry: MetricsRegistry
    let log: SignalSink

    static let ada = SalonIdentifier(PostgresUUID(high: 1, low: 1))
    static let grace = SalonIdentifier(PostgresUUID(high: 2, low: 2))

    init(
        _ options: RedisOptions, on loop: EventLoop, _ change: (inout CacheOptions) -> Void = { _ in }
    ) async throws {
        redis = try await RedisConnection.connect(options, on: loop)
        registry = MetricsRegistry()
        log = SignalSink(loop)
        self.loop = loop
        var options = CacheOptions()
        // Long, so that a busy machine is not taken for a broken Redis; tests of that make it short.
        options.commandLimit = .seconds(60)
        options.leaseTime = .seconds(60)
        options.shortestPause = .milliseconds(1)
        options.longestPause = .milliseconds(5)
        change(&options)
        cache = TenantCache(
            redis, options, registry: registry, logger: Logger(label: "test", sink: log), on: loop)
    }

    func value(
        _ id: String, of tenant: SalonIdentifier = ada, ttl: CacheLifetime = .seconds(60, absent: 60),
        load: @escaping @Sendable () async throws -> String?
    ) async throws -> String? {
        try await cache.value(for: CacheKey("salon", id), in: tenant, ttl: ttl, load: load)
    }

    /// What is found, where a load would say `loaded`.
    func read(
        _ id: String, of tenant: SalonIdentifier = ada, ttl: CacheLifetime = .seconds(60, absent: 60),
        orLoad loaded: String?
    ) async throws -> String? {
        try await value(id, of: tenant, ttl: ttl) { loaded }
    }

    /// Comes back when everything that was loaded has been stored, or was not: an answer is given before that.
    func loadsEnded() async {
        while answers(.miss) + answers(.bypassed) > loads(.stored) + loads(.unstored) + loads(.failed) {
            await Task.yield()
        }
    }

    func answers(_ source: CacheMetrics.Answer) -> Int {
        Int(cache.metrics.answers.with("salon", source.rawValue).value)
    }

    func loads(_ outcome: CacheMetrics.Load) -> Int { Int(cache.metrics.loads.with("salon", outcome.rawValue).value) }
}

/// Runs `body` with a cache in a database of its own.
func withCache(
    _ change: @escaping @Sendable (inout CacheOptions) -> Void = { _ in },
    _ body: @escaping @Sendable (CacheBench) async throws -> Void
) async throws {
    try await withRedis { options, loop in
        let bench = try await CacheBench(options, on: loop, change)
        defer { bench.redis.closeNow() }
        try await body(bench)
    }
}

/// Keeps log lines, and lets a test wait for one.
final class SignalSink: LogSink {
    private let loop: EventLoop
    private let state = Mutex<(records: [LogRecord], waits: [(String, Int, LoopWait<Void>)])>(([], []))

    init(_ loop: EventLoop) { self.loop = loop }

    func write(_ record: LogRecord) {
        let ready = state.withLock { state in
            state.records.append(record)
            let ready = state.waits.filter { wait in Self.count(wait.0, state.records) >= wait.1 }
            state.waits.removeAll { wait in Self.count(wait.0, state.records) >= wait.1 }
            return ready.map(\.2)
        }
        loop.execute { for wait in ready { wait.succeed() } }
    }

    private static func count(_ message: String, _ records: [LogRecord]) -> Int {
        records.count { $0.message == message }
    }

    var records: [LogRecord] { state.withLock { $0.records } }

    func count(_ message: String) -> Int { Self.count(message, records) }

    /// Comes back when a message was written so many times.
    func wait(for message: String, times: Int = 1) async throws {
        let wait = state.withLock { state -> LoopWait<Void>? in
            guard Self.count(message, state.records) < times else { return nil }
            let wait = LoopWait<Void>()
            state.waits.append((message, times, wait))
            return wait
        }
        try await wait?.value(on: loop)
    }
}

/// Counts how often something was loaded, and holds the loads back until the test lets them go on.
final class HeldLoad: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    let began = LoopWait<Void>()
    let gate = LoopWait<Void>()
    var count = 0
    private let loop: EventLoop

    init(_ loop: EventLoop) { self.loop = loop }

    func callAsFunction(_ value: String?) async throws -> String? {
        count += 1
        began.succeed()
        try await gate.value(on: loop)
        return value
    }
}
