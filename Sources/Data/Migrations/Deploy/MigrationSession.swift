import Basics
import Loop
import Postgres

/// The session that migrations run on.
///
/// Invariants:
/// - It leads to the server itself: the lock of all deployments belongs to a session, and a pooler would hand that
///   session to somebody else.
/// - The lock and the work are of one session. So whoever has the lock knows that nobody works any more, not even a
///   server process whose client was killed.
/// - Each migration begins with the same settings, whatever the one before it has set; a resumed deploy must not
///   differ from one that ran through.
struct MigrationSession {
    /// Prisma's number for the lock of all deployments.
    static let lockNumber = 72_707_369

    let session: PostgresSession
    let schema: String
    let owner: String?

    private var loop: EventLoop { session.loop }

    var table: MigrationTable { MigrationTable(session: session, schema: schema) }

    /// Connects, and refuses what migrations cannot run on.
    static func connect(
        _ options: ConnectionOptions, schema: String, owner: String? = nil, on loop: EventLoop
    ) async throws -> MigrationSession {
        guard !["template0", "template1"].contains(options.database) else {
            throw ParlorError(
                .systemDatabase, "\(options.database) is a database of the server's own and is not migrated",
                hint: "Name another database.")
        }
        let session: PostgresSession
        do {
            // Unprepared, because a plan that was kept would not outlive a change of its table.
            session = try await .connect(options, SessionOptions(preparation: .unnamed), on: loop)
        } catch let error as PostgresError {
            throw ParlorError.connecting(error)
        }
        do {
            try await check(session)
            if let owner { try await session.execute("SET ROLE \(quoteIdentifier(owner))") }
        } catch {
            session.close()
            throw error
        }
        return MigrationSession(session: session, schema: schema, owner: owner)
    }

    private static func check(_ session: PostgresSession) async throws {
        let row = try await session.query("SELECT pg_backend_pid(), pg_is_in_recovery()").only
        // PgBouncer makes up the number that a client is told.
        guard try row[0] == session.backendProcess else {
            throw ParlorError(
                .connection, "the connection to \(session.options.address) leads through a pooler",
                why: "migrations hold a lock that belongs to a session, and a pooler lends sessions to others",
                hint: "Name the server itself, which commonly listens on port 5432.")
        }
        guard try row[1] == false else {
            throw ParlorError(
                .database, "the server at \(session.options.address) is a replica, which cannot be migrated",
                hint: "Name the primary.")
        }
    }

    func close() { session.close() }

    /// Gives every setting its value of the session's beginning.
    func resetSettings() async throws {
        let role = owner.map { "SET ROLE \(quoteIdentifier($0));" } ?? ""
        try await session.execute(
            """
            SET SESSION AUTHORIZATION DEFAULT; RESET ALL; \(role)
            SET search_path TO \(quoteIdentifier(schema))
            """)
    }

    /// How long statements of this session wait for a lock from now on.
    func setLockTimeout(_ limit: Duration) async throws {
        try await session.execute("SET lock_timeout = '\(limit.milliseconds)ms'")
    }

    // MARK: - The lock of all deployments

    /// Takes the lock, waiting for whoever has it. It asks again and again instead of queueing: a session that waits in
    /// a statement holds a snapshot, and the CREATE INDEX CONCURRENTLY of whoever has the lock would wait for that.
    func takeLock(within limit: Duration, report: (MigrationEvent) -> Void) async throws {
        let begin = loop.now
        var isFirst = true
        var pause = Duration.milliseconds(5)
        while try await session.query(
            "SELECT pg_try_advisory_lock($1)", Int64(Self.lockNumber), fate: .own
        ).only[0] == false {
            let holder = try await lockHolder()
            if isFirst { report(.waitingForDeployment(holder)) }
            guard loop.now - begin < limit else { throw ParlorError.locked(by: holder, waited: limit) }
            isFirst = false
            // Soon at first, for a session that is just ending.
            try await loop.sleep(for: pause * Double.random(in: 0.5...1))
            pause = min(pause * 2, .milliseconds(200))
        }
    }

    /// Takes the lock again when a migration has given it away, as DISCARD ALL does.
    func keepLock(within limit: Duration, report: (MigrationEvent) -> Void) async throws {
        guard try await lockHolder()?.pid != Int(session.backendProcess) else { return }
        try await takeLock(within: limit, report: report)
    }

    /// Who has the lock; nil when nobody does.
    func lockHolder() async throws -> LockHolder? {
        let row = try await session.query(
            """
            SELECT l.pid, a.application_name, a.backend_start
            FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = 0
            AND l.objid::bigint = $1
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """, Int64(Self.lockNumber)
        ).first
        guard let row else { return nil }
        return LockHolder(pid: Int(try row[0, as: Int32.self]), application: try row[1], since: try row[2])
    }

    // MARK: - The schema

    /// Makes the schema when it is missing, as Prisma does.
    func makeSchema() async throws {
        let isThere = try await session.query(
            "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", schema
        ).only[0, as: Bool.self]
        if !isThere { try await session.execute("CREATE SCHEMA \(quoteIdentifier(schema))") }
    }

    /// Whether the schema holds tables; those of extensions do not count.
    func holdsTables() async throws -> Bool {
        try await session.query(
            """
            SELECT EXISTS (
                SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND c.relname <> $2
                AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))
            """, schema, MigrationTable.name
        ).only[0]
    }
}

extension ParlorError {
    /// No connection, under the code that Prisma's users know.
    static func connecting(_ error: PostgresError) -> ParlorError {
        let code: PrismaCode? =
            switch (error.kind, error.sqlState) {
            case (_, .databaseMissing?): .databaseMissing
            case (_, .invalidPassword?), (_, .invalidAuthorization?): .refused
            case (.unreachable, _), (.startingUp, _): .unreachable
            default: nil
            }
        guard let code else { return error.explained }
        let known = error.explained
        return ParlorError(
            code, known.what, code: known.code, why: known.why, hint: known.hint, detail: known.detail, cause: error)
    }

    /// Another deployment did not end in time.
    static func locked(by holder: LockHolder?, waited limit: Duration) -> ParlorError {
        ParlorError(
            .timedOut, "another deployment works on this database", code: .timeout,
            why: "\(holder.map { "\($0) has" } ?? "somebody had") its lock for longer than \(limit.brief)",
            hint: "Wait until it has ended, then try again.")
    }
}
