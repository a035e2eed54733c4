package import Basics
package import Postgres
package import Store

/// Work that is to be done later.
package struct NewJob: Hashable, Sendable {
    /// When it may begin, by the queue's own clock where it says how long from now.
    package enum Time: Hashable, Sendable {
        /// As soon as somebody is free.
        case now
        /// After a while.
        case after(Duration)
        /// At a moment.
        case at(Timestamp)
    }

    /// Which queue it stands in.
    package var queue: String
    /// What it is recognised by: while one with this key is in the queue, another is not added.
    package var key: String
    /// The salon that it is for; nil for the platform's own. Salons are served by turns.
    package var salon: SalonIdentifier?
    /// What it says.
    package var payload: PostgresJSON
    /// When it may begin.
    package var time: Time
    /// How often it may fail before it is put aside.
    package var attemptsMax: Int

    /// Work for a queue.
    package init(
        _ queue: String, key: String, for salon: SalonIdentifier? = nil, _ payload: PostgresJSON, at time: Time = .now,
        attemptsMax: Int = 20
    ) {
        self.queue = queue
        self.key = key
        self.salon = salon
        self.payload = payload
        self.time = time
        self.attemptsMax = attemptsMax
    }

    /// What the outbox hands on: the topic is the queue. Handed on twice, it is one job.
    package init(_ message: OutboxMessage) {
        self.init(
            message.topic, key: message.id.description, for: message.salon.map(SalonIdentifier.init), message.payload)
    }
}

/// The right to work on a job, until it ends. Whoever lets it end has lost it: somebody else may have the job.
package struct JobLease: Hashable, Sendable {
    /// The job's key.
    package let job: PostgresUUID
    /// Tells one taking from the next.
    package let token: PostgresUUID

    /// A lease.
    package init(job: PostgresUUID, token: PostgresUUID) {
        self.job = job
        self.token = token
    }
}

/// A job that somebody has taken.
package struct TakenJob: StatementRow, Hashable {
    /// The right to it.
    package let lease: JobLease
    /// Which queue it stood in.
    package let queue: String
    /// What it is recognised by.
    package let key: String
    /// The salon that it is for.
    package let salon: SalonIdentifier?
    /// What it says.
    package let payload: PostgresJSON
    /// How often it was begun, this time included.
    package let attempts: Int32
    /// Whether it was put aside instead, because whoever began it never came back, as often as it may fail.
    package let isQuarantined: Bool

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("token", PostgresUUID.self), Column("queue", String.self),
        Column("key", String.self), Column("salon_id", PostgresUUID?.self), Column("payload", PostgresJSON.self),
        Column("attempts", Int32.self), Column("is_quarantined", Bool.self)
    ) {
        TakenJob(
            lease: JobLease(job: $0, token: $1), queue: $2, key: $3, salon: $4.map(SalonIdentifier.init), payload: $5,
            attempts: $6, isQuarantined: $7)
    }
}

/// What stands in a queue.
package struct JobCounts: StatementRow, Hashable {
    /// Those that may begin and that nobody has taken.
    package let due: Int
    /// Those whose time has not come.
    package let scheduled: Int
    /// Those that somebody has taken.
    package let running: Int
    /// Those that were put aside.
    package let quarantined: Int
    /// For how long the oldest due one has been waiting, in seconds.
    package let waitingSeconds: Double

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("due", Int.self), Column("scheduled", Int.self), Column("running", Int.self),
        Column("quarantined", Int.self), Column("waiting_seconds", Double.self)
    ) { JobCounts(due: $0, scheduled: $1, running: $2, quarantined: $3, waitingSeconds: $4) }

    /// Counts.
    package init(due: Int, scheduled: Int, running: Int, quarantined: Int, waitingSeconds: Double) {
        self.due = due
        self.scheduled = scheduled
        self.running = running
        self.quarantined = quarantined
        self.waitingSeconds = waitingSeconds
    }
}
