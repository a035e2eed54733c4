import Agent
import Basics
import Cluster
import Loop
import Postgres

/// The role and the schema that a drill writes with: its own, and gone when it ends.
///
/// Service data cannot be reached with the role. What a drill leaves that was killed, the next one takes over and removes.
struct DrillSchema: Sendable {
    /// The name of both, so that the schema comes first on the role's search path.
    static let name = "parlor_drill"
    private static let goneLimit = Duration.seconds(10)
    private static let leaderLimit = Duration.seconds(60)

    let site: DrillSite
    let password: Secret

    /// Makes role and schema on the primary, empty.
    func make(on leader: ClusterStatus.Node) async throws {
        let options = site.superuser(of: leader)
        let session = try await PostgresSession.connect(options, on: site.loop)
        defer { session.close() }
        try await clear(session)
        try await AccountSetup(
            Self.name, password, "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"
        ).apply(on: session, options, site.loop)
        try await session.execute(
            """
            CREATE SCHEMA \(Self.name) AUTHORIZATION \(Self.name);
            GRANT CONNECT ON DATABASE \(quoteIdentifier(options.database)) TO \(Self.name)
            """)
    }

    /// Removes both, from whoever leads now; also when the task was called off.
    func remove() async throws {
        let site = site
        try await Task(executorPreference: site.loop) {
            let session = try await PostgresSession.connect(
                site.superuser(of: try await currentLeader()), on: site.loop)
            defer { session.close() }
            try await clear(session)
        }.value
    }

    /// Whoever leads; a drill that was called off in the middle of a failover waits for its end.
    private func currentLeader() async throws -> ClusterStatus.Node {
        let deadline = ContinuousClock.now + Self.leaderLimit
        while true {
            let status = try await site.status()
            if DrillCheck(status).isWhole, let leader = status.nodes.first(where: { $0.name == status.leader }) {
                return leader
            }
            guard ContinuousClock.now < deadline else {
                throw ParlorError(
                    .cluster, "nobody leads, so the role \(Self.name) is still there",
                    hint: "The next drill removes it.")
            }
            try await site.loop.sleep(for: .milliseconds(250))
        }
    }

    /// The pooler keeps connections of the role, and a role cannot go while it is signed in.
    private func clear(_ session: PostgresSession) async throws {
        guard try await !session.query("SELECT 1 FROM pg_roles WHERE rolname = $1", Self.name).isEmpty else { return }
        try await session.execute("ALTER ROLE \(Self.name) NOLOGIN")
        let deadline = ContinuousClock.now + Self.goneLimit
        while try await !session.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", Self.name
        ).isEmpty {
            guard ContinuousClock.now < deadline else {
                throw ParlorError(
                    .timeout, "sessions of the role \(Self.name) do not end",
                    why: "they were still there after \(Self.goneLimit.brief)", hint: "The next drill removes it.")
            }
            try await site.loop.sleep(for: .milliseconds(50))
        }
        try await session.execute("DROP OWNED BY \(Self.name) CASCADE; DROP ROLE \(Self.name)")
    }
}
