package import Basics
package import Postgres
package import Store

/// Statements about jobs. A job is due or not by `due_at` alone: of a taken one that is the end of its lease.
package enum JobStatements: StatementList {
    /// Adds one: at a moment, or so many seconds from now.
    package static let add = Statement(
        "job_add", .writesRepeatably,
        """
        INSERT INTO jobs (queue, key, salon_id, payload, due_at, attempts_max)
        VALUES ($1, $2, $3, $4, coalesce($5, now() + make_interval(secs => $6)), $7)
        ON CONFLICT (queue, key) DO NOTHING
        """,
        takes: String.self, String.self, PostgresUUID?.self, PostgresJSON.self, Timestamp?.self, Double.self,
        Int32.self, gives: .none)

    /// Takes those that are due: at most `$2`, of a salon at most `$3` with those it has in hand (`$5`, `$6`), for `$4`
    /// seconds. The salons with jobs are found one by one in the index, so it does not matter how many jobs they have.
    package static let take = Statement(
        "job_take", .writes,
        """
        WITH RECURSIVE lanes AS (
            (SELECT lane FROM jobs WHERE queue = $1 AND quarantined_at IS NULL ORDER BY lane LIMIT 1)
            UNION ALL
            SELECT (
                SELECT j.lane FROM jobs AS j
                WHERE j.queue = $1 AND j.quarantined_at IS NULL AND j.lane > l.lane ORDER BY j.lane LIMIT 1)
            FROM lanes AS l WHERE l.lane IS NOT NULL
        ), busy AS (
            SELECT * FROM unnest($5::uuid[], $6::integer[]) AS _ (lane, count)
        ), due AS (
            SELECT j.id, row_number() OVER (PARTITION BY l.lane ORDER BY j.due_at, j.id) + l.busy AS turn, j.due_at
            FROM (
                SELECT lanes.lane, coalesce(busy.count, 0) AS busy FROM lanes LEFT JOIN busy USING (lane)
                WHERE lanes.lane IS NOT NULL AND coalesce(busy.count, 0) < $3) AS l
            CROSS JOIN LATERAL (
                SELECT id, due_at FROM jobs
                WHERE queue = $1 AND lane = l.lane AND quarantined_at IS NULL AND due_at <= now()
                ORDER BY due_at, id LIMIT least($2, $3 - l.busy) FOR UPDATE SKIP LOCKED) AS j
        ), chosen AS (
            SELECT id, gen_random_uuid() AS token FROM due ORDER BY turn, due_at, id LIMIT $2
        )
        UPDATE jobs AS j SET
            attempts = CASE WHEN attempts < attempts_max THEN attempts + 1 ELSE attempts END,
            lease = c.token, due_at = now() + make_interval(secs => $4),
            last_error = CASE WHEN attempts < attempts_max THEN last_error
                ELSE coalesce(last_error, 'whoever began it never came back') END,
            quarantined_at = CASE WHEN attempts < attempts_max THEN NULL ELSE now() END
        FROM chosen AS c
        WHERE j.id = c.id
        RETURNING j.id, c.token, queue, key, salon_id, payload, attempts,
            quarantined_at IS NOT NULL AS is_quarantined
        """, takes: String.self, Int.self, Int.self, Double.self, [PostgresUUID].self, [Int32].self,
        gives: TakenJob.self)

    /// Removes one that is done.
    package static let finish = Statement(
        "job_finish", .writesRepeatably, "DELETE FROM jobs WHERE id = $1 AND lease = $2 AND quarantined_at IS NULL",
        takes: PostgresUUID.self, PostgresUUID.self, gives: .none)

    /// Lets one that failed wait for so many seconds, or puts it aside.
    package static let fail = Statement(
        "job_fail", .writes,
        """
        UPDATE jobs SET lease = NULL, last_error = $3, due_at = now() + make_interval(secs => $4),
            quarantined_at = CASE WHEN $5 OR attempts >= attempts_max THEN now() END
        WHERE id = $1 AND lease = $2 AND quarantined_at IS NULL
        RETURNING quarantined_at IS NOT NULL AS is_quarantined
        """, takes: PostgresUUID.self, PostgresUUID.self, String.self, Double.self, Bool.self,
        gives: RowShape(Column("is_quarantined", Bool.self)) { $0 })

    /// Lets one wait for so many seconds as if it had not been begun.
    package static let postpone = Statement(
        "job_postpone", .writes,
        """
        UPDATE jobs SET lease = NULL, attempts = attempts - 1, due_at = now() + make_interval(secs => $3)
        WHERE id = $1 AND lease = $2 AND quarantined_at IS NULL
        """, takes: PostgresUUID.self, PostgresUUID.self, Double.self, gives: .none)

    /// Makes leases last for so many seconds from now.
    package static let extend = Statement(
        "job_extend", .writesRepeatably,
        """
        UPDATE jobs AS j SET due_at = now() + make_interval(secs => $3)
        FROM unnest($1::uuid[], $2::uuid[]) AS held (id, token)
        WHERE j.id = held.id AND j.lease = held.token AND j.quarantined_at IS NULL
        RETURNING j.id, held.token
        """, takes: [PostgresUUID].self, [PostgresUUID].self, Double.self,
        gives: RowShape(Column("id", PostgresUUID.self), Column("token", PostgresUUID.self)) {
            JobLease(job: $0, token: $1)
        })

    /// What stands in a queue.
    package static let counts = Statement(
        "job_counts", .reads,
        """
        SELECT count(*) FILTER (WHERE due_at <= now() AND quarantined_at IS NULL) AS due,
            count(*) FILTER (WHERE due_at > now() AND lease IS NULL AND quarantined_at IS NULL) AS scheduled,
            count(*) FILTER (WHERE due_at > now() AND lease IS NOT NULL AND quarantined_at IS NULL) AS running,
            count(quarantined_at) AS quarantined,
            coalesce(extract(epoch FROM now() - min(due_at) FILTER (
                WHERE due_at <= now() AND quarantined_at IS NULL)), 0)::double precision AS waiting_seconds
        FROM jobs WHERE queue = $1
        """, takes: String.self, gives: JobCounts.self)

    /// Those that were put aside, in one queue or all, the latest first.
    package static let quarantined = Statement(
        "jobs_quarantined", .reads,
        """
        SELECT id, queue, key, salon_id, attempts, coalesce(last_error, '') AS last_error,
            coalesce(quarantined_at, now()) AS put_aside_at
        FROM jobs
        WHERE quarantined_at IS NOT NULL AND ($1::text IS NULL OR queue = $1) ORDER BY quarantined_at DESC, id LIMIT $2
        """, takes: String?.self, Int.self, gives: QuarantinedJob.self)

    private static let chosen = """
        quarantined_at IS NOT NULL AND CASE WHEN $1::uuid[] IS NULL THEN $2::text IS NULL OR queue = $2 ELSE id = ANY ($1) END
        """

    /// Lets those of some keys, or of a queue, begin again as if they never had.
    package static let release = Statement(
        "jobs_release", .writesRepeatably,
        "UPDATE jobs SET quarantined_at = NULL, attempts = 0, lease = NULL, due_at = now() WHERE \(chosen)",
        takes: [PostgresUUID]?.self, String?.self, gives: .none)

    /// Removes those of some keys, or of a queue.
    package static let remove = Statement(
        "jobs_remove", .writesRepeatably, "DELETE FROM jobs WHERE \(chosen)", takes: [PostgresUUID]?.self,
        String?.self, gives: .none)

    /// Each of them.
    package static let all: [any AnyStatement] = [
        add, take, finish, fail, postpone, extend, counts, quarantined, release, remove,
    ]
}
