import Basics
import Jobs
import Loop
import Postgres
import Store
import StoreTestSupport

/// A queue under test, with what only a test may do to it. Another implementation conforms and is named in
/// `ConformanceTests.kinds`.
protocol TestedQueue: Sendable {
    /// The queue.
    var queue: any JobQueue & JobQuarantine { get }
    /// Two salons that jobs may be for.
    var salons: [SalonIdentifier] { get }
    /// The loop that it is used on.
    var loop: EventLoop { get }
    /// Lets time pass for everything that is in the queue, by the queue's own clock.
    func pass(_ time: Duration) async throws
}

/// The queue in PostgreSQL.
struct TestedPostgresQueue: TestedQueue {
    let queue: any JobQueue & JobQuarantine
    let salons: [SalonIdentifier]
    let loop: EventLoop
    let superuser: PostgresSession

    func pass(_ time: Duration) async throws {
        try await superuser.query("UPDATE jobs SET due_at = due_at - make_interval(secs => $1)", time.seconds)
    }

    static func with(_ body: @escaping @Sendable (any TestedQueue) async throws -> Void) async throws {
        try await withPostgresQueue { try await body($0) }
    }
}

/// Runs `body` with a queue in a database of its own.
func withPostgresQueue(_ body: @escaping @Sendable (TestedPostgresQueue) async throws -> Void) async throws {
    try await withTestedSalon { salon in
        let other = try await TestedSalon.open("Other", salon.store, salon.superuser)
        try await body(
            TestedPostgresQueue(
                queue: PostgresJobQueue(salon.store), salons: [salon.scope.salon, other.scope.salon],
                loop: salon.superuser.loop, superuser: salon.superuser))
    }
}

extension TestedQueue {
    /// Adds a job that says its key.
    func add(
        _ key: String, for salon: SalonIdentifier? = nil, at time: NewJob.Time = .now, attemptsMax: Int = 20
    ) async throws {
        try await queue.add(
            NewJob("work", key: key, for: salon, PostgresJSON("{}"), at: time, attemptsMax: attemptsMax))
    }

    /// Takes jobs for a minute.
    func take(_ count: Int = 100, perSalon: Int = .max) async throws -> [TakenJob] {
        try await queue.take(JobRequest("work", count: count, perSalon: perSalon, lease: .seconds(60)))
    }
}
