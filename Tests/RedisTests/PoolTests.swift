import Loop
import Redis
import RedisTestSupport
import Testing

@Suite struct PoolTests {
    @Test("A pool lends no more connections than it has, and those who wait are served in order")
    func fair() async throws {
        try await withRedis { options, loop in
            let pool = try RedisPool(options, on: loop, size: 2)
            let order = Shared<[Int]>([])
            let most = Shared(0)
            try await withThrowingTaskGroup { group in
                for number in 0..<50 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            order.withLock { $0.append(number) }
                            most.withLock { $0 = max($0, pool.use.lent) }
                            try await connection.ping()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(order.withLock { $0 } == Array(0..<50))
            #expect(most.withLock { $0 } == 2)
            #expect(pool.use == (lent: 0, made: 2, waiting: 0))
            await pool.close()
        }
    }

    @Test("Blocking commands have a connection of their own, and the shared one goes on meanwhile")
    func blocking() async throws {
        try await withRedis { options, loop in
            let pool = try RedisPool(options, on: loop, size: 1)
            let refused = await #expect(throws: RedisError.self) { try await pool.send(RedisCommand("BLPOP", "q", 0)) }
            #expect(refused?.kind == .unusable)
            let job = Task.immediate(executorPreference: loop) {
                try await pool.withConnection { try await $0.send(RedisCommand("BLPOP", "q", 0)) }
            }
            try await pool.send(RedisCommand("RPUSH", "q", "job"))
            #expect(try await job.value == .array([.bytes([113]), .bytes(Array("job".utf8))]))
            await pool.close()
        }
    }

    @Test("Whoever waits too long, or finds too many waiting, is turned away, and the observer hears of it")
    func turnedAway() async throws {
        try await withRedis { options, loop in
            let away = Shared<[RedisError.Kind]>([])
            let lent = Shared(0)
            let returned = Shared(0)
            var hooks = RedisHooks()
            hooks.turnedAway = { error in away.withLock { $0.append(error.kind) } }
            hooks.lent = { _ in lent.withLock { $0 += 1 } }
            hooks.returned = { _ in returned.withLock { $0 += 1 } }
            let pool = try RedisPool(
                options, on: loop, size: 1, waitingMax: 1, acquireTimeout: .milliseconds(20), hooks: hooks)
            try await pool.withConnection { connection in
                let patient = Task.immediate(executorPreference: loop) { try await pool.withConnection { _ in } }
                let crowded = await #expect(throws: RedisError.self) { try await pool.withConnection { _ in } }
                #expect(crowded?.kind == .queueFull)
                let late = await #expect(throws: RedisError.self) { try await patient.value }
                #expect(late?.kind == .overdue)
            }
            #expect(away.withLock { $0 } == [.queueFull, .overdue])
            #expect(lent.withLock { $0 } == 1 && returned.withLock { $0 } == 1)
            #expect(pool.use.lent == 0)
            await pool.close()
        }
    }

    @Test("A waiter that is cancelled takes no connection with it")
    func cancelled() async throws {
        try await withRedis { options, loop in
            let pool = try RedisPool(options, on: loop, size: 1, acquireTimeout: .seconds(60))
            try await pool.withConnection { _ in
                let waiter = Task.immediate(executorPreference: loop) { try await pool.withConnection { _ in } }
                #expect(pool.use.waiting == 1)
                waiter.cancel()
                await #expect(throws: CancellationError.self) { try await waiter.value }
                #expect(pool.use.waiting == 0)
            }
            // Cancelled in the same turn in which its place came.
            var waiter: Task<Void, any Error>?
            try await pool.withConnection { _ in
                waiter = Task.immediate(executorPreference: loop) { try await pool.withConnection { _ in } }
            }
            waiter?.cancel()
            _ = await waiter?.result
            #expect(pool.use.lent == 0)
            try await pool.withConnection { try await $0.ping() }
            await pool.close()
        }
    }

    @Test("A closed pool turns everybody away, also those who wait")
    func closed() async throws {
        try await withRedis { options, loop in
            let pool = try RedisPool(options, on: loop, size: 1, acquireTimeout: .seconds(60))
            try await pool.withConnection { _ in
                let waiter = Task.immediate(executorPreference: loop) { try await pool.withConnection { _ in } }
                await pool.close()
                let error = await #expect(throws: RedisError.self) { try await waiter.value }
                #expect(error?.kind == .closed)
            }
            await #expect(throws: RedisError.self) { try await pool.send(.ping) }
        }
    }
}
