import Basics
import Postgres

/// What of a seed, and beside all seeds, is in a database.
struct SeedPresence {
    /// What is known of the seed; none when it was never made.
    let mark: SeedMark?
    /// How many salons no seed has made.
    let foreign: Int

    init(_ number: UInt64, in session: PostgresSession) async throws {
        let found = try await session.query(
            "SELECT size, until, is_complete FROM seeds WHERE number = $1", "\(number)")
        mark = try found.first.map { row in
            let (size, until, isComplete) = try row.values(as: String.self, String.self, Bool.self)
            return SeedMark(number: number, size: size, until: until, isComplete: isComplete)
        }
        foreign = try await session.query(
            "SELECT count(*) FROM salons WHERE id NOT IN (SELECT unnest(salons) FROM seeds)"
        ).only.values(as: Int.self)
    }
}
