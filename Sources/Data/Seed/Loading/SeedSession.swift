import Basics
import Loop
import Postgres

/// What a connection needs to be before rows may be copied over it.
struct SeedSession {
    let session: PostgresSession
    /// Whether triggers and foreign keys are left out, because the session may; rows are proven afterwards either way.
    let isUnchecked: Bool

    /// Only one seeding at a time goes on in a database; others wait for its end.
    private static let onlyOne = 0x7061_726c_6f72_0001
    /// Every connection of a seeding shares this one, so that the next seeding can wait for what a killed one left
    /// behind in the server.
    private static let atWork = 0x7061_726c_6f72_0002
    private static let patience = "20s"

    /// Connects and becomes the owner of the schema, whom row-level security lets through.
    init(_ options: ConnectionOptions, schema: String, actor: String, on loop: EventLoop) async throws {
        session = try await PostgresSession.connect(options, on: loop)
        do { isUnchecked = try await Self.prepare(session, schema, actor) } catch {
            session.close()
            throw error
        }
    }

    private static func prepare(_ session: PostgresSession, _ schema: String, _ actor: String) async throws -> Bool {
        try await session.execute("SET search_path = \(quoteIdentifier(schema)), public")
        let found = try await session.query(
            """
            SELECT pg_get_userbyid(relowner)::text, (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)
            FROM pg_class WHERE oid = to_regclass('salons')
            """)
        guard let row = found.first else {
            throw ParlorError(
                .database, "the database has no tables to seed", why: "there is no table salons",
                hint: "Run \"./parlor migrate deploy\" first.")
        }
        let (owner, isSuperuser) = try row.values(as: String.self, Bool.self)
        // Only a superuser may leave triggers out. It stays set in the role that is taken then.
        if isSuperuser { try await session.execute("SET session_replication_role = replica") }
        do {
            try await session.execute("SET ROLE \(quoteIdentifier(owner))")
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            throw refusal("the tables belong to \(owner)")
        }
        let passes = try await session.query(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        guard try passes.only.values(as: Bool.self) else {
            throw refusal("row-level security holds for their owner \(owner) too")
        }
        // What is not on the disk yet gets there with the last commit, which waits for it.
        try await session.execute(
            """
            SET synchronous_commit = off; SET lock_timeout = '\(patience)'; SET statement_timeout = 0;
            SET idle_in_transaction_session_timeout = 0; SET maintenance_work_mem = '256MB'; SET work_mem = '64MB';
            SET app.actor = \(quoteLiteral(actor))
            """)
        return isSuperuser
    }

    private static func refusal(_ why: String) -> ParlorError {
        ParlorError(
            .database, "this account may not seed the database", why: why,
            hint: "Connect as a superuser, or as a member of the role that owns the tables and has BYPASSRLS.")
    }

    /// Waits until this is the only seeding, and nothing of an earlier one runs any more.
    func beTheOnlyOne() async throws {
        do {
            try await session.query("SELECT pg_advisory_lock(\(Self.onlyOne))", fate: .own)
            try await session.query("SELECT pg_advisory_lock(\(Self.atWork))", fate: .own)
            try await session.query("SELECT pg_advisory_unlock(\(Self.atWork))", fate: .own)
        } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
            throw ParlorError(
                .timeout, "another seeding of this database is going on", hint: "Wait for its end, then try again.")
        }
    }

    /// Says that this connection writes.
    func joinIn() async throws {
        try await session.query("SELECT pg_advisory_lock_shared(\(Self.atWork))", fate: .own)
    }
}
