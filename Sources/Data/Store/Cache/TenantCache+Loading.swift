import Basics
import Loop
import Redis

extension TenantCache {
    /// What Redis knows of a key.
    private enum Finding {
        case entry([UInt8])
        /// Nothing; the caller is the one who loads and stores.
        case lease(String)
        /// Nothing, and another process loads.
        case taken
        /// Nothing is known, or nothing is stored.
        case unknown

        var token: String? { if case .lease(let token) = self { token } else { nil } }
    }

    /// An answer that was kept, and that may be that there is nothing.
    private struct Kept<Value: CacheStorable> {
        let value: Value?

        /// Nil when the entry is broken or of another version.
        init?(_ bytes: [UInt8], under key: StoredKey) {
            guard let entry = CacheEntry(bytes, under: key.value), entry.version == Value.cacheVersion else {
                return nil
            }
            value = entry.payload.flatMap { Value(cacheBytes: $0) }
            if value == nil, entry.payload != nil { return nil }
        }
    }

    /// Finds the value, or loads it and stores it. The flight's answer is given before the storing.
    func fetch<Value: CacheStorable>(
        _ key: CacheKey, _ stored: StoredKey, _ lifetime: CacheLifetime, _ flight: CacheFlight,
        _ load: @Sendable () async throws -> Value?
    ) async throws -> Value? {
        let (kept, token) = await look(for: Value.self, stored)
        if let kept {
            metrics.count(.hit, key.kind)
            return kept.value
        }
        metrics.count(connection.isOpen ? .bypassed : .miss, key.kind)
        let value: Value?
        do { value = try await load() } catch {
            metrics.count(.failed, key.kind)
            if let token { release(stored, token) }
            throw error
        }
        flight.answer.succeed(value)
        let isStored = if let token { await store(value, stored, token, lifetime) } else { false }
        metrics.count(isStored ? .stored : .unstored, key.kind)
        return value
    }

    /// What is kept, or else the token that allows to store.
    private func look<Value>(
        for type: Value.Type, _ key: StoredKey
    ) async -> (kept: Kept<Value>?, token: String?) {
        var finding = await find(key)
        if case .taken = finding { finding = await wait(for: key) }
        guard case .entry(let bytes) = finding else { return (nil, finding.token) }
        if let kept = Kept<Value>(bytes, under: key) { return (kept, nil) }
        return (nil, await take(key, isBroken: true).token)
    }

    // MARK: - Asking

    /// Reads first and takes the lease only when there is nothing: most questions are answered by the first.
    private func find(_ key: StoredKey) async -> Finding {
        guard !connection.isOpen else { return .unknown }
        // Not marked as safe to repeat: what is lost with a connection is not worth the wait for the next one.
        let command = RedisCommand("GET", key.value)
        switch await ask({ try await self.redis.send(command, within: self.options.commandLimit) }) {
        case .bytes(let bytes): return .entry(bytes)
        case .null: return await take(key)
        case .error: return await take(key, isBroken: true)
        default: return .unknown
        }
    }

    private func take(_ key: StoredKey, isBroken: Bool = false) async -> Finding {
        guard !connection.isOpen, !writing.isOpen else { return .unknown }
        let token = nextToken()
        let reply = await ask {
            try await self.redis.run(
                CacheScripts.take, keys: [key.value, key.lease],
                arguments: [token, self.options.leaseTime.milliseconds, isBroken ? 1 : 0],
                within: self.options.commandLimit)
        }
        switch reply {
        case .bytes(let bytes): return .entry(bytes)
        case .integer(1): return .lease(token)
        case .integer: return .taken
        default: return .unknown
        }
    }

    /// Looks again until another process has stored its value, gave up, or took too long.
    private func wait(for key: StoredKey) async -> Finding {
        var left = options.patience
        while left > .zero {
            guard (try? await loop.sleep(for: min(left, options.lookInterval))) != nil else { return .unknown }
            left -= options.lookInterval
            let finding = await find(key)
            guard case .taken = finding else { return finding }
        }
        return .unknown
    }

    // MARK: - Storing

    private func store<Value: CacheStorable>(
        _ value: Value?, _ key: StoredKey, _ token: String, _ lifetime: CacheLifetime
    ) async -> Bool {
        let entry = CacheEntry(version: Value.cacheVersion, payload: value?.cacheBytes).bytes(under: key.value)
        guard let time = lifetime.time(isPresent: value != nil, spread: spread()), entry.count <= options.valueBytesMax
        else {
            release(key, token)
            return false
        }
        guard !connection.isOpen, !writing.isOpen else { return false }
        let reply = await ask {
            try await self.redis.run(
                CacheScripts.store, keys: [key.value, key.lease],
                arguments: [token, entry, max(1, time.milliseconds)], within: self.options.commandLimit)
        }
        return reply == .integer(1)
    }

    /// Gives a lease back in the background, so that the next one who asks may load at once.
    private func release(_ key: StoredKey, _ token: String) {
        guard !connection.isOpen, !writing.isOpen else { return }
        // Unstructured because nobody waits for it, and a cancelled load gives its lease back too; it ends within the
        // limit of a command.
        Task(executorPreference: loop) {
            _ = try? await self.redis.run(
                CacheScripts.release, keys: [key.lease], arguments: [token], within: self.options.commandLimit)
        }
    }
}
