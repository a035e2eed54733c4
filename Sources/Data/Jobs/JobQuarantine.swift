package import Basics
package import Postgres
package import Store

/// Where jobs are that failed too often, for people to look at.
package protocol JobQuarantine: Sendable {
    /// Those of one queue or of all, the latest first.
    func quarantined(in queue: String?, atMost count: Int) async throws -> [QuarantinedJob]

    /// Lets some begin again as if they never had; says how many.
    func release(_ choice: JobChoice) async throws -> Int

    /// Removes some; says how many.
    func remove(_ choice: JobChoice) async throws -> Int
}

/// Some of the jobs that were put aside.
package enum JobChoice: Hashable, Sendable {
    /// Those with these keys.
    case jobs([PostgresUUID])
    /// All of a queue, or of every one.
    case all(in: String?)
}

/// A job that was put aside.
package struct QuarantinedJob: StatementRow, Hashable {
    /// Its own key.
    package let id: PostgresUUID
    /// Which queue it stood in.
    package let queue: String
    /// What it is recognised by in its queue.
    package let key: String
    /// The salon that it is for; nil for the platform's own.
    package let salon: SalonIdentifier?
    /// How often it was begun.
    package let attempts: Int32
    /// Why it failed the last time.
    package let reason: String
    /// When it was put aside.
    package let moment: Timestamp

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("queue", String.self), Column("key", String.self),
        Column("salon_id", PostgresUUID?.self), Column("attempts", Int32.self), Column("last_error", String.self),
        Column("put_aside_at", Timestamp.self)
    ) {
        QuarantinedJob(
            id: $0, queue: $1, key: $2, salon: $3.map(SalonIdentifier.init), attempts: $4, reason: $5, moment: $6)
    }
}
