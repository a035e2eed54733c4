import Basics
package import Loop

/// Holds databases back for a while, and lets them go on whatever happens.
///
/// Invariants:
/// - A database is paused exactly while somebody has a claim on it, and a claim has an end from its beginning.
/// - The end of the work, its error, its cancellation and the deadline give the claim back; so does the end of a
///   connection whose handler is cancelled with it.
/// - PgBouncer forgets nothing when the console that asked for a pause is gone, so `mend` lets go on whatever nobody
///   here has a claim on. The part calls it after each start and at each probe, which ends what a killed agent left.
///
/// Failure to resume is reported to nobody who could do more about it: the next probe tries again.
package final class PauseGuard: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let admin: PoolerAdmin
    private let loop: EventLoop
    /// How many claims there are on each database.
    private var claims: [String: Int] = [:]

    /// A guard of one process, the only one for it.
    package init(_ admin: PoolerAdmin, on loop: EventLoop) {
        self.admin = admin
        self.loop = loop
    }

    /// Runs `body` while the databases are paused. It learns whether their open transactions ended within `quietWithin`.
    ///
    /// After `limit` they go on first, then `body` is cancelled and the error is a timeout.
    package func paused<Result: Sendable>(
        _ aliases: [String], within limit: Duration, quietWithin: Duration,
        _ body: @escaping @Sendable (PoolerAdmin.PauseOutcome) async throws -> Result
    ) async throws -> Result {
        let hold = hold(aliases, within: limit)
        // A task of its own, because the deadline must end the pause before it ends the work.
        let work = Task(executorPreference: loop) { [admin] in
            var outcome = PoolerAdmin.PauseOutcome.quiet
            for alias in aliases where try await admin.pause(alias, within: quietWithin) == .busy { outcome = .busy }
            try Task.checkCancellation()
            return try await body(outcome)
        }
        hold.onDeadline = { work.cancel() }
        let result = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            work.cancel()
        }
        await hold.end()
        guard !hold.isExpired else {
            throw ParlorError(
                .timeout, "the pause of the pooler was ended after \(limit.brief)",
                hint: "Nothing was lost: clients went on with the server that they had. Try again.")
        }
        return try result.get()
    }

    /// Takes a claim on databases that ends by itself after `limit`; pausing them is the caller's.
    package func hold(_ aliases: [String], within limit: Duration) -> PauseHold {
        for alias in aliases { claims[alias, default: 0] += 1 }
        let hold = PauseHold(self, aliases, on: loop)
        hold.timer = loop.schedule(after: limit) { [weak hold] in hold?.expire() }
        return hold
    }

    /// Pauses what a hold is for, without waiting for open transactions.
    package func pause(_ hold: PauseHold) async throws {
        for alias in hold.aliases where !hold.isEnded {
            _ = try await admin.pause(alias, within: .milliseconds(20), atOnce: true)
        }
        // The claim may have ended while the console was asked.
        if hold.isEnded { try await mend() }
    }

    /// Lets every database go on that is paused and that nobody has a claim on.
    package func mend() async throws {
        for database in try await admin.databases() where database.isPaused && claims[database.alias] == nil {
            try await admin.resume(database.alias)
        }
    }

    /// Gives a claim back and lets go on what nobody else has one on.
    fileprivate func release(_ aliases: [String]) async {
        for alias in aliases {
            let left = claims[alias, default: 1] - 1
            claims[alias] = left > 0 ? left : nil
        }
        // Unstructured because a cancelled task cannot ask the console any more.
        await Task(executorPreference: loop) { try? await self.mend() }.value
    }
}

/// A claim on paused databases.
///
/// States: held, expired (its time was over, and they go on), ended by its owner.
package final class PauseHold: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    fileprivate let aliases: [String]
    private let pauses: PauseGuard
    private let loop: EventLoop
    private var ending: Task<Void, Never>?
    fileprivate var timer: LoopTimer?
    /// Called when the time is over, after the databases go on.
    package var onDeadline: (() -> Void)?
    /// Whether its time was over before it was ended.
    package private(set) var isExpired = false

    fileprivate init(_ pauses: PauseGuard, _ aliases: [String], on loop: EventLoop) {
        self.pauses = pauses
        self.aliases = aliases
        self.loop = loop
    }

    /// Whether it holds nothing any more.
    package var isEnded: Bool { ending != nil }

    /// Lets the databases go on; they do when it comes back. Fine to call twice.
    package func end() async {
        timer?.cancel()
        await begin().value
    }

    fileprivate func expire() {
        guard ending == nil else { return }
        isExpired = true
        let release = begin()
        // Unstructured because a timer has no task of its own.
        Task(executorPreference: loop) {
            await release.value
            self.onDeadline?()
        }
    }

    private func begin() -> Task<Void, Never> {
        if let ending { return ending }
        // Unstructured because the pause must end even when the task that holds it is cancelled.
        let task = Task(executorPreference: loop) { [pauses, aliases] in await pauses.release(aliases) }
        ending = task
        return task
    }
}
