import Basics
package import Loop
package import Postgres

/// A database beside another one, in which migrations can be tried; it exists for one piece of work.
///
/// It is dropped in any case: after a failure and when the task is cancelled, too. One that a killed run left is
/// dropped by the next run. Whoever works on one holds an advisory lock of its name in the database beside it, so a
/// database whose lock is free belongs to nobody any more.
package struct ShadowDatabase: Sendable {
    private let options: ConnectionOptions
    private let owner: String?
    private let loop: EventLoop
    /// What the names of all shadows of the database begin with.
    private let stem: String
    private let name: String

    /// Calls `body` with the way to a new, empty database, and drops it afterwards. It belongs to `owner`, or else to the
    /// role of the connection.
    package static func with<Result: Sendable>(
        beside options: ConnectionOptions, owner: String? = nil, on loop: EventLoop,
        _ body: (ConnectionOptions) async throws -> Result
    ) async throws -> Result {
        let shadow = ShadowDatabase(options, owner, loop)
        let session = try await shadow.connect()
        defer { session.close() }
        try await shadow.dropLeftovers(session)
        let outcome = await shadow.run(session, body)
        // Unstructured, because it must also be dropped for a task that is cancelled.
        await Task(executorPreference: loop) { await shadow.drop() }.value
        return try outcome.get()
    }

    private init(_ options: ConnectionOptions, _ owner: String?, _ loop: EventLoop) {
        self.options = options
        self.owner = owner
        self.loop = loop
        // A name of PostgreSQL has 63 bytes at most.
        stem = String(decoding: options.database.utf8.prefix(40), as: UTF8.self) + "_shadow_"
        name = stem + RandomIdentifier.hex(bytes: 6)
    }

    private func connect() async throws -> PostgresSession {
        do {
            return try await PostgresSession.connect(options, SessionOptions(preparation: .unnamed), on: loop)
        } catch let error as PostgresError {
            throw ParlorError.connecting(error)
        }
    }

    private func run<Result: Sendable>(
        _ session: PostgresSession, _ body: (ConnectionOptions) async throws -> Result
    ) async -> Swift.Result<Result, any Error> {
        do {
            try await session.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", name, fate: .own)
            try await create(session)
            var own = options
            own.database = name
            return .success(try await body(own))
        } catch {
            return .failure(error)
        }
    }

    /// With the locale of the database beside it, by which texts are sorted and indexes agree.
    private func create(_ session: PostgresSession) async throws {
        let locale: String = try await session.query(
            """
            SELECT format('ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_encoding_to_char(encoding), datcollate, datctype)
                || CASE to_jsonb(d) ->> 'datlocprovider'
                    WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', to_jsonb(d) ->> 'daticulocale')
                    ELSE '' END
            FROM pg_database d WHERE datname = current_database()
            """
        ).only[0]
        do {
            let owner = owner.map { " OWNER \(quoteIdentifier($0))" } ?? ""
            try await session.execute("CREATE DATABASE \(quoteIdentifier(name)) TEMPLATE template0 \(locale)\(owner)")
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            throw ParlorError(
                .database, "the shadow database could not be made",
                why: "the role \(options.user) may not create databases",
                hint: "Let a superuser run ALTER ROLE \(quoteIdentifier(options.user)) CREATEDB.", cause: error)
        }
    }

    /// Best effort: what cannot be dropped now, the next run finds.
    private func drop() async {
        guard let session = try? await connect() else { return }
        defer { session.close() }
        try? await session.execute("DROP DATABASE IF EXISTS \(quoteIdentifier(name)) WITH (FORCE)")
    }

    private func dropLeftovers(_ session: PostgresSession) async throws {
        let names = try await session.query(
            """
            SELECT datname::text FROM pg_database
            WHERE starts_with(datname, $1) AND substr(datname, length($1) + 1) ~ '^[0-9a-f]{12}$'
            """, stem)
        for row in names {
            let name: String = try row[0]
            guard
                try await session.query(
                    "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name, fate: .own
                ).only[0]
            else { continue }
            try await session.execute("DROP DATABASE IF EXISTS \(quoteIdentifier(name)) WITH (FORCE)")
            try await session.query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", name, fate: .own)
        }
    }
}
