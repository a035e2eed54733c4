import Basics
import Postgres

/// What of a seed, and beside all seeds, is in a database.
struct SeedPresence {
    /// The different marks that salons of the seed bear.
    let marks: [SeedMark]
    /// How many salons no seed has made.
    let foreign: Int

    init(_ number: UInt64, in session: PostgresSession) async throws {
        let found = try await session.query(
            """
            SELECT DISTINCT settings ->> 'seed_size', settings ->> 'seed_until',
                coalesce((settings ->> 'seed_complete')::boolean, false)
            FROM salons WHERE settings ->> 'seed' = $1
            """, "\(number)")
        marks = try found.map { row in
            let (size, until, isComplete) = try row.values(as: String?.self, String?.self, Bool.self)
            return SeedMark(number: number, size: size ?? "", until: until ?? "", isComplete: isComplete)
        }
        foreign = try await session.query("SELECT count(*) FROM salons WHERE NOT settings ? 'seed'").only.values(
            as: Int.self)
    }
}
