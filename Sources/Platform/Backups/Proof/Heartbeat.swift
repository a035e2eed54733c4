package import Basics
package import Postgres

/// What a primary writes every few seconds, so that it can be said up to which second a backup reaches and that what was
/// restored is what was there.
///
/// Each row holds a digest of its own and of the row before it: two histories with the same last digest are the same, row
/// by row. The table stands in the database `postgres`, where no migration looks.
package struct Heartbeat: Equatable, Sendable {
    /// Its number.
    package var number: Int
    /// When it was written.
    package var moment: Timestamp
    /// How much of the log was written before it.
    package var position: PostgresWALPosition
    /// The digest, in hexadecimal digits.
    package var digest: String

    /// How often there is one.
    package static let interval = Duration.seconds(5)
    /// The database that holds them.
    package static let database = "postgres"

    private static let setUp = """
        CREATE SCHEMA IF NOT EXISTS parlor;
        CREATE TABLE IF NOT EXISTS parlor.heartbeat (
            number bigint PRIMARY KEY, moment timestamptz NOT NULL, position pg_lsn NOT NULL, digest bytea NOT NULL);
        CREATE INDEX IF NOT EXISTS heartbeat_moment ON parlor.heartbeat (moment);
        """

    private static let columns = "number, moment, position, encode(digest, 'hex')"

    /// Makes the table where there is none.
    package static func setUp(_ session: PostgresSession) async throws {
        let exists = try await session.query("SELECT to_regclass('parlor.heartbeat') IS NOT NULL").only
        if try exists[0, as: Bool.self] { return }
        try await session.execute(setUp)
    }

    /// Writes one. It waits for the disk and for no replica, so that it does not hang where writes do.
    @discardableResult
    package static func write(_ session: PostgresSession) async throws -> Heartbeat {
        for _ in 0..<attemptsMax {
            // Somebody else may have written the same number meanwhile, like the agent beside a drill.
            for row in try await session.query(insertion, within: .seconds(5)) { return try Heartbeat(row) }
        }
        throw ParlorError(.database, "a heartbeat could not be written", why: "others write them all the time")
    }

    private static let attemptsMax = 5
    private static let insertion = """
        WITH own AS (SELECT set_config('synchronous_commit', 'local', true)),
        last AS (SELECT number, digest FROM parlor.heartbeat ORDER BY number DESC LIMIT 1),
        next AS (
            SELECT coalesce((SELECT number FROM last), 0) + 1 AS number, clock_timestamp() AS moment,
                pg_current_wal_insert_lsn() AS position
            FROM own)
        INSERT INTO parlor.heartbeat
        SELECT number, moment, position, sha256(
            coalesce((SELECT digest FROM last), '') ||
            convert_to(concat_ws(' ', number, extract(epoch FROM moment), position), 'UTF8'))
        FROM next
        ON CONFLICT DO NOTHING
        RETURNING \(columns)
        """

    /// Removes those that are older than `age`.
    package static func prune(_ session: PostgresSession, olderThan age: Duration) async throws {
        let oldest = Timestamp.now() + .microseconds(-age.microseconds)
        try await session.query("DELETE FROM parlor.heartbeat WHERE moment < $1", oldest)
    }

    /// The newest one; nil where there is none.
    package static func newest(_ session: PostgresSession) async throws -> Heartbeat? {
        try await first(session, "ORDER BY number DESC", PostgresParameters())
    }

    /// The newest one up to a moment.
    package static func newest(_ session: PostgresSession, upTo moment: Timestamp) async throws -> Heartbeat? {
        try await first(session, "WHERE moment <= $1 ORDER BY number DESC", PostgresParameters(moment))
    }

    /// The newest one of which all is in the log before a place.
    package static func newest(_ session: PostgresSession, before position: PostgresWALPosition) async throws
        -> Heartbeat?
    {
        // Its commit stands behind the position, by much less than this.
        let safe = PostgresWALPosition(bytes: position.bytes - min(position.bytes, 65_536))
        return try await first(session, "WHERE position <= $1 ORDER BY number DESC", PostgresParameters(safe))
    }

    /// The one of a number; nil where there is none any more.
    package static func numbered(_ number: Int, _ session: PostgresSession) async throws -> Heartbeat? {
        try await first(session, "WHERE number = $1", PostgresParameters(number))
    }

    private static func first(
        _ session: PostgresSession, _ clauses: String, _ parameters: PostgresParameters
    ) async throws -> Heartbeat? {
        let rows = try await session.query(
            "SELECT \(columns) FROM parlor.heartbeat \(clauses) LIMIT 1", parameters: parameters, within: .seconds(10))
        for row in rows { return try Heartbeat(row) }
        return nil
    }

    private init(_ row: PostgresRow) throws {
        (number, moment, position, digest) = try row.values(
            as: Int.self, Timestamp.self, PostgresWALPosition.self, String.self)
    }
}
