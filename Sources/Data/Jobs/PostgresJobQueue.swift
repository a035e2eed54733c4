import Basics
package import Store
import Postgres

/// The queue as a table of PostgreSQL.
///
/// Several workers take without waiting for each other, because each passes over what another one is just taking. What
/// is done is deleted; what is put aside leaves the index that is taken from.
package struct PostgresJobQueue: JobQueue, JobQuarantine {
    private let store: Store
    private let scope = PlatformScope(by: .service("jobs"))

    /// The queues of a store.
    package init(_ store: Store) { self.store = store }

    /// Adds a job; false when one with its key is there already.
    @discardableResult
    package func add(_ job: NewJob) async throws -> Bool {
        let (moment, pause): (Timestamp?, Double) =
            switch job.time {
            case .now: (nil, 0)
            case .after(let pause): (nil, pause.seconds)
            case .at(let moment): (moment, 0)
            }
        let input = (
            job.queue, job.key, job.salon?.value, job.payload, moment, pause, Int32(clamping: job.attemptsMax)
        )
        return try await store.write(JobStatements.add, input, in: scope).affected > 0
    }

    /// Takes jobs that are due.
    package func take(_ request: JobRequest) async throws -> [TakenJob] {
        let perSalon = min(request.perSalon, Int(Int32.max))
        let busy = request.inHand.map { (lane: $0.key?.value ?? Self.platform, count: Int32(clamping: $0.value)) }
        return try await store.write(
            JobStatements.take,
            (
                request.queue, request.count, perSalon, request.lease.seconds, busy.map(\.lane), busy.map(\.count),
            ), in: scope
        ).value
    }

    /// What stands for the platform among the salons.
    private static let platform = PostgresUUID(high: 0, low: 0)

    /// Removes a job that is done.
    @discardableResult
    package func finish(_ lease: JobLease) async throws -> Bool {
        try await store.write(JobStatements.finish, (lease.job, lease.token), in: scope).affected > 0
    }

    /// Lets a job that failed wait, or puts it aside.
    package func fail(
        _ lease: JobLease, because reason: String, pause: Duration, isHopeless: Bool
    ) async throws -> JobFate {
        let rows = try await store.write(
            JobStatements.fail, (lease.job, lease.token, reason, pause.seconds, isHopeless), in: scope
        ).value
        return rows.first.map { $0 ? .quarantined : .waits } ?? .lost
    }

    /// Lets a job wait as if it had not been begun.
    @discardableResult
    package func postpone(_ lease: JobLease, for pause: Duration) async throws -> Bool {
        try await store.write(JobStatements.postpone, (lease.job, lease.token, pause.seconds), in: scope).affected > 0
    }

    /// Makes leases last longer.
    package func extend(_ leases: [JobLease], for time: Duration) async throws -> Set<JobLease> {
        let input = (leases.map(\.job), leases.map(\.token), time.seconds)
        return Set(try await store.write(JobStatements.extend, input, in: scope).value)
    }

    /// What stands in a queue.
    package func counts(of queue: String) async throws -> JobCounts {
        let rows = try await store.read(JobStatements.counts, queue, in: scope, .deciding)
        return rows.first ?? JobCounts(due: 0, scheduled: 0, running: 0, quarantined: 0, waitingSeconds: 0)
    }

    /// The jobs that were put aside.
    package func quarantined(in queue: String?, atMost count: Int) async throws -> [QuarantinedJob] {
        try await store.read(JobStatements.quarantined, (queue, count), in: scope, .deciding)
    }

    /// Lets jobs that were put aside begin again.
    package func release(_ choice: JobChoice) async throws -> Int {
        try await store.write(JobStatements.release, choice.input, in: scope).affected
    }

    /// Removes jobs that were put aside.
    package func remove(_ choice: JobChoice) async throws -> Int {
        try await store.write(JobStatements.remove, choice.input, in: scope).affected
    }
}

extension JobChoice {
    /// As the statements take it.
    fileprivate var input: ([PostgresUUID]?, String?) {
        switch self {
        case .jobs(let keys): (keys, nil)
        case .all(let queue): (nil, queue)
        }
    }
}
