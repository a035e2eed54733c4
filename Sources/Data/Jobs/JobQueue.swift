package import Store

/// A durable queue of work.
///
/// Invariants:
/// - A job that was added is done at least once, or put aside where people find it; never lost.
/// - While a lease lasts, nobody else gets its job; what a lost lease says of a job is not heard.
/// - Salons are served by turns: one with many jobs holds up no other.
/// - A job that fails, or whose worker dies, as often as it may, is put aside and holds up nothing.
///
/// Time is the queue's own: no clock of a worker decides when something is due or a lease ends.
package protocol JobQueue: Sendable {
    /// Adds a job; false when one with its key is in the queue already.
    @discardableResult
    func add(_ job: NewJob) async throws -> Bool

    /// Takes jobs that are due, at most so many, those of salons by turns.
    func take(_ request: JobRequest) async throws -> [TakenJob]

    /// The job is done and goes; false when the lease was lost.
    @discardableResult
    func finish(_ lease: JobLease) async throws -> Bool

    /// The job failed and may begin again after a pause, or is put aside when it has failed too often or `isHopeless`.
    func fail(_ lease: JobLease, because reason: String, pause: Duration, isHopeless: Bool) async throws -> JobFate

    /// The job could not be done yet, which does not count as a failure; false when the lease was lost.
    @discardableResult
    func postpone(_ lease: JobLease, for pause: Duration) async throws -> Bool

    /// Makes leases last for so long from now; returns those that are still held.
    func extend(_ leases: [JobLease], for time: Duration) async throws -> Set<JobLease>

    /// What stands in a queue.
    func counts(of queue: String) async throws -> JobCounts
}

/// What a worker would like to have.
package struct JobRequest: Sendable {
    /// Of which queue.
    package var queue: String
    /// How many at most.
    package var count: Int
    /// How many of one salon at most, with those that the worker has in hand.
    package var perSalon: Int
    /// How many of each salon it has in hand; nil is the platform.
    package var inHand: [SalonIdentifier?: Int]
    /// How long the leases last.
    package var lease: Duration

    /// A wish for jobs.
    package init(
        _ queue: String, count: Int, perSalon: Int = .max, inHand: [SalonIdentifier?: Int] = [:], lease: Duration
    ) {
        self.queue = queue
        self.count = count
        self.perSalon = perSalon
        self.inHand = inHand
        self.lease = lease
    }
}

/// What has become of a job that failed.
package enum JobFate: Hashable, Sendable {
    /// It begins again later.
    case waits
    /// It was put aside.
    case quarantined
    /// The lease was lost, so it is somebody else's to say.
    case lost
}

/// How long a job that failed waits before it begins again.
package struct JobPauses: Hashable, Sendable {
    /// After the first failure; it doubles with each.
    package var first: Duration
    /// The longest.
    package var longest: Duration

    /// Growing pauses.
    package init(first: Duration = .seconds(1), longest: Duration = .seconds(300)) {
        self.first = first
        self.longest = longest
    }

    /// The pause after a number of attempts, shortened by chance by up to a quarter so that what failed together does not
    /// come back together.
    package func pause(after attempts: Int, random: inout some RandomNumberGenerator) -> Duration {
        let whole = min(first * (1 << min(max(attempts, 1) - 1, 20)), longest)
        return whole * Double.random(in: 0.75...1, using: &random)
    }
}
