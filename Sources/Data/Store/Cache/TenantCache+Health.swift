import Basics
import Loop
import Redis
import Telemetry

extension TenantCache {
    /// Sends something to Redis; nil when that did not work, which is counted and never an error for anybody. Something
    /// of another type under a key is a reply.
    func ask(_ send: () async throws -> RedisValue) async -> RedisValue? {
        let rounds = (connection.round, writing.round)
        // A server that could not be reached is not waited for.
        if !redis.isConnected, let trouble = redis.trouble { return failed(trouble, in: rounds) }
        do {
            let reply = try await send()
            connection.succeeded()
            return reply
        } catch let error as RedisError where error.code == .wrongType {
            return .error(RedisReplyError("WRONGTYPE"))
        } catch {
            return failed(error, in: rounds)
        }
    }

    private func failed(_ error: any Error, in rounds: (connection: Int, writing: Int)) -> RedisValue? {
        guard !(error is CancellationError) else { return nil }
        metrics.countFailure(Self.reason(error))
        if let error = error as? RedisError, error.kind == .command {
            // It answers, so it is there. What it refuses is mostly writing.
            connection.succeeded()
            actOnWriting(writing.failed(in: rounds.writing, spread: spread()), error)
        } else {
            act(connection.failed(in: rounds.connection, spread: spread()), error)
        }
        return nil
    }

    /// A word for a metric.
    static func reason(_ error: any Error) -> String {
        guard let error = error as? RedisError else { return "cancelled" }
        if error.kind == .command { return error.code?.description.lowercased() ?? "command" }
        return switch error.kind {
        case .overdue: "overdue"
        case .queueFull: "crowded"
        case .refused, .startingUp: "refused"
        default: "unreachable"
        }
    }

    // MARK: - The connection

    func act(_ action: CacheCircuit.Action, _ error: (any Error)? = nil) {
        switch action {
        case .nothing: return
        case .open(let pause):
            metrics.isUsed.set(0)
            metrics.countChange("given_up")
            let told: LogMetadata = [.part: "cache", .delay: pause.milliseconds]
            if let error { logger.warning("Redis is left alone for a while", error: error, told) }
            connectionTimer = schedule(after: pause) { await $0.probe() }
        case .wait(let pause): connectionTimer = schedule(after: pause) { await $0.probe() }
        case .close:
            metrics.isUsed.set(1)
            metrics.countChange("used_again")
            logger.info("Redis is used again", [.part: "cache"])
        }
    }

    /// Tries whether Redis is there, and says what is owed to it first.
    private func probe() async {
        let isWell = await settleDebts()
        act(connection.probed(succeeded: isWell && owed.isEmpty, spread: spread()))
    }

    private func settleDebts() async -> Bool {
        do {
            repeat {
                guard let keys = owed.next(now: loop.now) else { return false }
                if keys.isEmpty {
                    try await redis.ping(within: options.commandLimit)
                } else {
                    try await invalidate(keys)
                }
                owed.settled(keys)
            } while !owed.isEmpty
            return true
        } catch {
            metrics.countFailure(Self.reason(error))
            return false
        }
    }

    // MARK: - Writing

    private func actOnWriting(_ action: CacheCircuit.Action, _ error: (any Error)? = nil) {
        switch action {
        case .nothing: return
        case .open(let pause):
            metrics.isWritten.set(0)
            metrics.countChange("read_only")
            let told: LogMetadata = [.part: "cache", .delay: pause.milliseconds]
            if let error { logger.warning("Redis takes nothing new for a while", error: error, told) }
            writingTimer = schedule(after: pause) { await $0.probeWriting() }
        case .wait(let pause): writingTimer = schedule(after: pause) { await $0.probeWriting() }
        case .close:
            metrics.isWritten.set(1)
            metrics.countChange("written_again")
            logger.info("Redis takes values again", [.part: "cache"])
        }
    }

    private func probeWriting() async {
        let written = try? await redis.send(
            .set("parlor-probe", to: "1", for: .seconds(1)), within: options.commandLimit)
        actOnWriting(writing.probed(succeeded: written != nil, spread: spread()))
    }

    /// Does something later, unless the cache is gone by then.
    private func schedule(
        after pause: Duration, _ body: @escaping @Sendable (TenantCache) async -> Void
    ) -> LoopTimer {
        loop.schedule(after: pause) { [weak self, loop] in
            // Unstructured because a timer has no task; each command in it has its limit.
            Task(executorPreference: loop) { if let self { await body(self) } }
        }
    }
}
