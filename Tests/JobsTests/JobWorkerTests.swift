import Basics
import Jobs
import Loop
import Postgres
import Store
import StoreTestSupport
import Synchronization
import Testing

@Suite("A worker") struct JobWorkerTests {
    /// What a worker told, and a signal for each.
    private final class Journal: Sendable {
        let events = Mutex<[String]>([])
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)

        func note(_ event: JobEvent) {
            let words =
                switch event {
                case .done(let job): "done \(job.key)"
                case .postponed(let job, let pause): "postponed \(job.key) \(pause.seconds)"
                case .failed(let job, let reason, let fate): "failed \(job.key) \(reason) \(fate)"
                case .troubled(let error): "troubled \(ParlorError(describing: error).code)"
                }
            events.withLock { $0.append(words) }
            continuation.yield(words)
        }

        func wait(for count: Int) async {
            var iterator = stream.makeAsyncIterator()
            for _ in 0..<count { _ = await iterator.next() }
        }
    }

    @Test("It does what is due, many at once, and ends when it is drained and what it has in hand is done")
    func drains() async throws {
        try await withPostgresQueue { tested in
            for number in 0..<30 { try await tested.add("\(number)", for: tested.salons[number % 2]) }
            let (journal, open) = (Journal(), LoopWait<Void>())
            let most = Mutex((now: 0, most: 0))
            let worker = JobWorker(
                tested.queue, of: "work", limits(concurrency: 8), on: tested.loop, report: { journal.note($0) }
            ) { _ in
                most.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                try await open.value(on: tested.loop)
                most.withLock { $0.now -= 1 }
                return .done
            }
            let run = Task(executorPreference: tested.loop) { try await worker.run() }
            while worker.inHandCount < 8 { await tested.loop.settle() }
            open.succeed()
            await journal.wait(for: 30)
            worker.drain()
            try await run.value
            #expect(most.withLock { $0.most } == 8)
            #expect(worker.inHandCount == 0)
            #expect(try await tested.take().isEmpty)
        }
    }

    @Test("While something else is more urgent it does one job after the other")
    func pressed() async throws {
        try await withPostgresQueue { tested in
            for number in 0..<6 { try await tested.add("\(number)") }
            let journal = Journal()
            let most = Mutex((now: 0, most: 0))
            let worker = JobWorker(
                tested.queue, of: "work", on: tested.loop, report: { journal.note($0) }, isPressed: { true }
            ) { _ in
                most.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                await tested.loop.settle()
                most.withLock { $0.now -= 1 }
                return .done
            }
            let run = Task(executorPreference: tested.loop) { try await worker.run() }
            await journal.wait(for: 6)
            worker.drain()
            try await run.value
            #expect(most.withLock { $0.most } == 1)
        }
    }

    @Test("A bad job fails with its reason and in the end is put aside; its neighbours are done")
    func badJob() async throws {
        try await withPostgresQueue { tested in
            try await tested.add("bad", attemptsMax: 2)
            try await tested.add("hopeless")
            try await tested.add("later")
            for number in 0..<5 { try await tested.add("good \(number)") }
            let journal = Journal()
            let worker = JobWorker(tested.queue, of: "work", on: tested.loop, report: { journal.note($0) }) { job in
                switch job.key {
                case "bad": throw ParlorError(.malformed, "it is bad")
                case "hopeless": .hopeless("nobody is there")
                case "later": .later(.seconds(30))
                default: .done
                }
            }
            #expect(await worker.runOnce() == 8)
            try await tested.pass(.seconds(2))
            #expect(await worker.runOnce() == 1)
            let events = journal.events.withLock { $0.sorted() }
            #expect(
                events == (0..<5).map { "done good \($0)" } + [
                    "failed bad it is bad quarantined", "failed bad it is bad waits",
                    "failed hopeless nobody is there quarantined", "postponed later 30.0",
                ])
        }
    }

    @Test("One that is killed in the middle leaves its jobs to another, when their leases end")
    func killed() async throws {
        try await withPostgresQueue { tested in
            try await tested.add("k")
            let begun = LoopWait<Void>()
            let first = JobWorker(tested.queue, of: "work", on: tested.loop) { _ in
                begun.succeed()
                try await tested.loop.sleep(for: .seconds(3600))
                return .done
            }
            let run = Task(executorPreference: tested.loop) { try await first.run() }
            try await begun.value(on: tested.loop)
            run.cancel()
            _ = await run.result
            let second = JobWorker(tested.queue, of: "work", on: tested.loop) { _ in .done }
            #expect(await second.runOnce() == 0)
            try await tested.pass(.seconds(61))
            #expect(await second.runOnce() == 1)
        }
    }

    @Test("It keeps its leases for as long as its work takes")
    func keepsLeases() async throws {
        try await withPostgresQueue { tested in
            try await tested.add("k")
            let (begun, open, journal) = (LoopWait<Void>(), LoopWait<Void>(), Journal())
            var limits = limits(concurrency: 4)
            limits.lease = .milliseconds(900)
            limits.interval = .milliseconds(5)
            let worker = JobWorker(tested.queue, of: "work", limits, on: tested.loop, report: { journal.note($0) }) {
                _ in
                begun.succeed()
                try await open.value(on: tested.loop)
                return .done
            }
            let run = Task(executorPreference: tested.loop) { try await worker.run() }
            try await begun.value(on: tested.loop)
            // The end of the lease is moved on: that is what is waited for, however long it takes.
            let first = try await tested.leaseEnd()
            while try await tested.leaseEnd() == first {}
            open.succeed()
            await journal.wait(for: 1)
            worker.drain()
            try await run.value
            #expect(journal.events.withLock { $0 } == ["done k"])
        }
    }

    @Test("A queue that does not answer is asked again, and the worker goes on")
    func trouble() async throws {
        try await withPostgresQueue { tested in
            let journal = Journal()
            let queue = FaultyQueue(queue: tested.queue, faults: Mutex(2))
            try await tested.add("k")
            var limits = limits(concurrency: 4)
            limits.interval = .milliseconds(1)
            let worker = JobWorker(queue, of: "work", limits, on: tested.loop, report: { journal.note($0) }) { _ in
                .done
            }
            let run = Task(executorPreference: tested.loop) { try await worker.run() }
            await journal.wait(for: 3)
            worker.drain()
            try await run.value
            #expect(journal.events.withLock { $0 } == ["troubled connection", "troubled connection", "done k"])
        }
    }

    @Test("Pauses double up to the longest, and chance only shortens them")
    func pauses() {
        var random = SeededRandom(seed: 1)
        let pauses = JobPauses(first: .seconds(1), longest: .seconds(100))
        for attempts in 1...40 {
            let whole = min(Double(1 << min(attempts - 1, 20)), 100)
            let pause = pauses.pause(after: attempts, random: &random).seconds
            #expect(pause <= whole && pause >= whole * 0.75)
        }
    }

    private func limits(concurrency: Int) -> JobWorker.Limits {
        var limits = JobWorker.Limits()
        limits.concurrency = concurrency
        return limits
    }
}

/// A queue whose first answers to `take` are failures.
private final class FaultyQueue: JobQueue {
    private let queue: any JobQueue
    private let faults: Mutex<Int>

    init(queue: any JobQueue, faults: consuming sending Mutex<Int>) {
        self.queue = queue
        self.faults = faults
    }

    func take(_ request: JobRequest) async throws -> [TakenJob] {
        let fails = faults.withLock { count in
            count -= 1
            return count >= 0
        }
        if fails { throw ParlorError(.connection, "nobody answers") }
        return try await queue.take(request)
    }

    func add(_ job: NewJob) async throws -> Bool { try await queue.add(job) }

    func finish(_ lease: JobLease) async throws -> Bool { try await queue.finish(lease) }

    func fail(
        _ lease: JobLease, because reason: String, pause: Duration, isHopeless: Bool
    ) async throws -> JobFate {
        try await queue.fail(lease, because: reason, pause: pause, isHopeless: isHopeless)
    }

    func postpone(_ lease: JobLease, for pause: Duration) async throws -> Bool {
        try await queue.postpone(lease, for: pause)
    }

    func extend(_ leases: [JobLease], for time: Duration) async throws -> Set<JobLease> {
        try await queue.extend(leases, for: time)
    }

    func counts(of queue: String) async throws -> JobCounts { try await self.queue.counts(of: queue) }
}

extension TestedPostgresQueue {
    fileprivate func leaseEnd() async throws -> Timestamp {
        try await superuser.query("SELECT due_at FROM jobs").only[0]
    }
}
