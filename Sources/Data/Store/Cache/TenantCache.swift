import Basics
package import Loop
package import Redis
package import Telemetry

/// Answers that are expensive to find and may be a little old, kept in Redis for each tenant: asked there first, loaded
/// when they are not there, and stored for the next one.
///
/// Invariants:
/// - A key carries its tenant, by type.
/// - Redis is never the reason for an error, and costs at most `commandLimit` before the answer is loaded without it;
///   after a few such failures it is left alone until a probe finds it well.
/// - Among the tasks of this loop one load per key is under way at a time, and the others join it. Among processes a
///   lease says who loads; the others wait a moment and then load for themselves, without storing.
/// - What a load read before an invalidation is never stored after it (`CacheScripts`).
/// - Once `forget` has returned, no task of this loop is given what stood there before, even if Redis did not hear of it.
///
/// Of the ways against stampedes the lease was chosen because the fence needs it anyway and because it also works for
/// keys that are not there yet, as after each invalidation; an early refresh by chance works for warm keys alone.
///
/// What remains: a value read from a replica that lags, unless `forget` is told by how much; an answer that another
/// process gives between the commit and the invalidation; what a replica of Redis brings back after a failover. All end
/// with the lifetime.
package final class TenantCache: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    let loop: EventLoop
    let redis: RedisConnection
    var options: CacheOptions
    let metrics: CacheMetrics
    let logger: Logger
    var random: SeededRandom
    /// Whether Redis is asked.
    var connection: CacheCircuit
    /// Whether values are stored: a server that is full or a replica still answers questions.
    var writing: CacheCircuit
    var owed: OwedInvalidations
    /// The next probe of each circuit.
    var connectionTimer: LoopTimer?
    var writingTimer: LoopTimer?
    var flights: [StoredKey: CacheFlight] = [:]
    private let tokenBase = RandomIdentifier.hex(bytes: 8)
    private var lastToken: UInt64 = 0

    /// A cache over a connection, which is the caller's to close, and which mends itself.
    package init(
        _ redis: RedisConnection, _ options: CacheOptions = CacheOptions(), registry: MetricsRegistry, logger: Logger,
        on loop: EventLoop
    ) {
        precondition(loop.isCurrent, "a cache is made on its loop")
        self.redis = redis
        self.options = options
        self.loop = loop
        self.logger = logger
        metrics = CacheMetrics(registry)
        random = SeededRandom(seed: options.seed)
        owed = OwedInvalidations(max: options.owedMax)
        let (shortest, longest) = (options.shortestPause, options.longestPause)
        connection = CacheCircuit(.init(failuresMax: options.failuresMax, shortest: shortest, longest: longest))
        writing = CacheCircuit(.init(failuresMax: 1, shortest: shortest, longest: longest))
    }

    deinit {
        connectionTimer?.cancel()
        writingTimer?.cancel()
    }

    /// The value of a key: from Redis, or by joining a load that is under way, or from `load`, which is asked at most
    /// once; nil when there is none.
    ///
    /// Whoever asks for one key must mean the same value, since `load` may be another's. A cancelled task leaves at once,
    /// and the load goes on for those who wait with it; it is cancelled when nobody does. Throws what `load` throws.
    package func value<Value: CacheStorable>(
        for key: CacheKey, in tenant: SalonIdentifier, ttl lifetime: CacheLifetime,
        load: @escaping @Sendable () async throws -> Value?
    ) async throws -> Value? {
        precondition(loop.isCurrent, "a cache is used on its loop: the task must prefer it")
        let stored = StoredKey(key, of: tenant)
        if let flight = flights[stored] {
            metrics.count(.joined, key.kind)
            return try await join(flight)
        }
        let flight = CacheFlight()
        flights[stored] = flight
        // Unstructured because it goes on for those who join when the one who began it is cancelled; it is cancelled in
        // `leave` when nobody waits any more.
        flight.task = Task(executorPreference: loop) {
            do {
                let value = try await self.fetch(key, stored, lifetime, flight, load)
                flight.answer.succeed(value)
            } catch {
                flight.answer.fail(error)
            }
            self.land(flight, stored)
        }
        return try await join(flight)

        func join(_ flight: CacheFlight) async throws -> Value? {
            flight.passengers += 1
            defer { leave(flight, stored) }
            // Or a task that asks again and again would keep the loop from hearing that the value was stored.
            if flight.answer.isDelivered { await Task.yield() }
            let answer = try await flight.answer.value(on: loop)
            guard let answer else { return nil }
            guard let value = answer as? Value else {
                preconditionFailure("two types of values are kept under the kind \(key.kind)")
            }
            return value
        }
    }

    private func leave(_ flight: CacheFlight, _ key: StoredKey) {
        flight.passengers -= 1
        guard flight.passengers == 0, !flight.answer.isDelivered else { return }
        land(flight, key)
        flight.task?.cancel()
    }

    /// Lets nobody join a flight any more.
    private func land(_ flight: CacheFlight, _ key: StoredKey) {
        if flights[key] === flight { flights[key] = nil }
    }

    func nextToken() -> String {
        lastToken += 1
        return "\(tokenBase)\(lastToken)"
    }

    func spread() -> Double { .random(in: 0...1, using: &random) }

    // MARK: - Invalidation

    /// Forgets keys, after the commit of what changed them; false when Redis did not confirm it, so that the outbox says
    /// it again.
    ///
    /// `replicaLag` is for values that are loaded from replicas: for so long nobody stores one, because what is read may
    /// still be what was there before.
    @discardableResult
    package func forget(
        _ keys: [CacheKey], in tenant: SalonIdentifier, replicaLag: Duration = .zero
    ) async -> Bool {
        precondition(loop.isCurrent, "a cache is used on its loop: the task must prefer it")
        guard !keys.isEmpty else { return true }
        let stored = keys.map { StoredKey($0, of: tenant) }
        // What was found before the deletion is not for those who come after it.
        defer { for key in stored { flights[key] = nil } }
        guard !connection.isOpen else {
            owed.add(stored, now: loop.now)
            return false
        }
        // Unstructured because what was committed is to be forgotten even when its task is cancelled meanwhile; it ends
        // within the limit of a command.
        let sending = Task(executorPreference: loop) { try await self.invalidate(stored, replicaLag: replicaLag) }
        switch await sending.result {
        case .success:
            connection.succeeded()
            return true
        case .failure(let error):
            owed.add(stored, now: loop.now)
            metrics.countFailure(Self.reason(error))
            act(connection.trip(spread: spread()), error)
            return false
        }
    }

    func invalidate(_ keys: [StoredKey], replicaLag: Duration = .zero) async throws {
        if replicaLag > .zero {
            let names = keys.flatMap { [$0.value, $0.lease] }
            try await redis.run(
                CacheScripts.hold, keys: names, arguments: [replicaLag.milliseconds + 1], within: options.commandLimit)
        } else {
            let names = keys.flatMap { [$0.lease, $0.value] }
            try await redis.send(
                RedisCommand("DEL", arguments: names, isSafeToRepeat: true), within: options.commandLimit)
        }
    }
}

/// One look-up that several tasks wait for.
final class CacheFlight: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the cache's loop only.
    let answer = LoopWait<(any CacheStorable)?>()
    var task: Task<Void, Never>?
    var passengers = 0
}
