import Basics
package import Loop
import Store

/// What a handler says of a job when it does not throw.
package enum JobOutcome: Hashable, Sendable {
    /// It is done.
    case done
    /// It cannot be done yet; that is no failure.
    case later(Duration)
    /// It can never be done, for this reason: it is put aside.
    case hopeless(String)
}

/// What a worker tells of its work.
package enum JobEvent: Sendable {
    /// A job is done.
    case done(TakenJob)
    /// A job waits, because it could not be done yet.
    case postponed(TakenJob, Duration)
    /// A job failed, and what came of that.
    case failed(TakenJob, reason: String, JobFate)
    /// The queue did not answer; it is asked again.
    case troubled(any Error)
}

/// Does what stands in a queue, many jobs at a time.
///
/// States: it works until it is told to drain; then it takes nothing more and ends when what it has in hand is done.
///
/// On failure: a job that throws is put back with a growing pause and in the end put aside, and the others go on. A queue
/// that does not answer is asked again after a while. A worker that is killed, or whose task is cancelled, leaves its
/// jobs to the next one when their leases end; so a handler must bear being run again.
package final class JobWorker: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on its loop only.

    /// How a worker works.
    package struct Limits: Sendable {
        /// How many jobs it has in hand at most.
        package var concurrency = 64
        /// How many of one salon.
        package var perSalon = 16
        /// How long it has a job before somebody else gets it; it asks for more time in good time.
        package var lease = Duration.seconds(60)
        /// How often it looks when nobody wakes it.
        package var interval = Duration.seconds(1)
        /// How long a job that failed waits.
        package var pauses = JobPauses()

        /// The usual ones.
        package init() {}
    }

    /// Does a job.
    package typealias Handler = @Sendable (TakenJob) async throws -> JobOutcome

    private let queue: any JobQueue
    /// The queue that it works on.
    package let name: String
    private let limits: Limits
    private let loop: EventLoop
    private let handle: Handler
    private let report: @Sendable (JobEvent) -> Void
    private let isPressed: () -> Bool
    private var random: SeededRandom
    private var inHand: [JobLease: TakenJob] = [:]
    private var bell = LoopWait<Void>()
    private var isDraining = false
    private var extendsAt: ContinuousClock.Instant

    /// A worker on a queue. While `isPressed` says that something else is more urgent, it has one job in hand at a time.
    package init(
        _ queue: any JobQueue, of name: String, _ limits: Limits = Limits(), seed: UInt64 = .random(in: .min ... .max),
        on loop: EventLoop, report: @escaping @Sendable (JobEvent) -> Void = { _ in },
        isPressed: @escaping () -> Bool = { false }, handle: @escaping Handler
    ) {
        self.queue = queue
        self.name = name
        self.limits = limits
        self.loop = loop
        self.report = report
        self.isPressed = isPressed
        self.handle = handle
        random = SeededRandom(seed: seed)
        extendsAt = loop.now
    }

    /// How many jobs it has in hand.
    package var inHandCount: Int { inHand.count }

    /// Something was added: look now.
    package func wake() { bell.succeed() }

    /// Takes nothing more; `run` returns when what is in hand is done.
    package func drain() {
        isDraining = true
        bell.succeed()
    }

    /// Works until it is drained or its task is cancelled.
    package func run() async throws {
        extendsAt = loop.now + limits.lease / 3
        try await withThrowingDiscardingTaskGroup { group in
            while !isDraining || !inHand.isEmpty {
                try Task.checkCancellation()
                bell = LoopWait()
                await extendLeases()
                let jobs = await take()
                for job in jobs {
                    group.addTask(executorPreference: loop) { await self.work(job) }
                }
                if !jobs.isEmpty, inHand.count < most { continue }
                try await rest()
            }
        }
    }

    /// Does one round of what is due, and returns when it is done: how many jobs that was. For tests and tools.
    @discardableResult
    package func runOnce() async -> Int {
        let jobs = await take()
        await withDiscardingTaskGroup { group in
            for job in jobs {
                group.addTask(executorPreference: loop) { await self.work(job) }
            }
        }
        return jobs.count
    }

    private func rest() async throws {
        let bell = bell
        let pause = min(limits.interval, max(.zero, extendsAt - loop.now))
        let timer = loop.schedule(after: pause) { bell.succeed() }
        defer { timer.cancel() }
        try await bell.value(on: loop)
    }

    /// How many jobs it may have in hand now.
    private var most: Int { isPressed() ? 1 : limits.concurrency }

    private func take() async -> [TakenJob] {
        let free = most - inHand.count
        guard !isDraining, free > 0 else { return [] }
        var request = JobRequest(name, count: free, perSalon: limits.perSalon, lease: limits.lease)
        for job in inHand.values { request.inHand[job.salon, default: 0] += 1 }
        do {
            let jobs = try await queue.take(request)
            for job in jobs where job.isQuarantined {
                report(.failed(job, reason: "whoever began it never came back", .quarantined))
            }
            let taken = jobs.filter { !$0.isQuarantined }
            for job in taken { inHand[job.lease] = job }
            return taken
        } catch {
            report(.troubled(error))
            return []
        }
    }

    private func extendLeases() async {
        guard loop.now >= extendsAt else { return }
        extendsAt = loop.now + limits.lease / 3
        guard !inHand.isEmpty else { return }
        do {
            // One that was lost goes on: its handler must bear that somebody else has it too, and what it says of the
            // job is not heard.
            _ = try await queue.extend(Array(inHand.keys), for: limits.lease)
        } catch {
            report(.troubled(error))
        }
    }

    private func work(_ job: TakenJob) async {
        defer {
            inHand[job.lease] = nil
            bell.succeed()
        }
        do {
            try await settle(job, await result(of: job))
        } catch {
            report(.troubled(error))
        }
    }

    private func result(of job: TakenJob) async -> Result<JobOutcome, any Error> {
        do { return .success(try await handle(job)) } catch { return .failure(error) }
    }

    private func settle(_ job: TakenJob, _ result: Result<JobOutcome, any Error>) async throws {
        switch result {
        case .success(.done):
            try await queue.finish(job.lease)
            report(.done(job))
        case .success(.later(let pause)):
            try await queue.postpone(job.lease, for: pause)
            report(.postponed(job, pause))
        case .success(.hopeless(let reason)):
            try await fail(job, reason, isHopeless: true)
        case .failure(let error):
            try await fail(job, ParlorError(describing: error).summary, isHopeless: false)
        }
    }

    private func fail(_ job: TakenJob, _ reason: String, isHopeless: Bool) async throws {
        let pause = limits.pauses.pause(after: Int(job.attempts), random: &random)
        let fate = try await queue.fail(job.lease, because: reason, pause: pause, isHopeless: isHopeless)
        report(.failed(job, reason: reason, fate))
    }
}
