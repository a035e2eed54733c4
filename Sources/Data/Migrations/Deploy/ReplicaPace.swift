import Basics
import Loop
import Postgres

/// Holds migrations back while a replica is too far behind: what they write would come on top.
struct ReplicaPace {
    let settings: MigrationSettings
    let report: (MigrationEvent) -> Void

    /// Comes back when every replica has come near enough.
    func wait(_ session: PostgresSession) async throws {
        guard let lagMax = settings.lagMax else { return }
        let begin = session.loop.now
        var said: String?
        while let (name, behind) = try await slowest(session), behind > lagMax {
            guard session.loop.now - begin < settings.lagWait else {
                throw ParlorError(
                    .timeout, "the replica \(name) is still \(behind) behind",
                    why: "it was waited for \(settings.lagWait.brief), and \(lagMax) is what it may be behind",
                    hint: "Look what holds it up, or allow more with --max-lag; the next deploy goes on from here.")
            }
            if said != name { report(.waitingForReplica(name: name, behind: behind)) }
            said = name
            try await session.loop.sleep(for: .milliseconds(500))
        }
    }

    /// A role that may not see what replicas do gets no figures, and so no wait.
    private func slowest(_ session: PostgresSession) async throws -> (String, ByteCount)? {
        let rows = try await session.query(
            """
            SELECT coalesce(nullif(application_name, ''), 'without a name'),
                pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint AS behind
            FROM pg_stat_replication
            WHERE state IN ('streaming', 'catchup') AND replay_lsn IS NOT NULL ORDER BY behind DESC LIMIT 1
            """)
        return try rows.first.map { row in (try row[0], ByteCount(Int(try row[1, as: Int64.self]))) }
    }
}
