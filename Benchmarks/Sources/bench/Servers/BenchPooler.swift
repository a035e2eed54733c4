import Basics
import Glibc
import Loop
import Postgres
import Processes

/// A PostgreSQL that lets a thousand clients in, and before it a PgBouncer that is configured as in a cluster; TLS on
/// both sides of it, every certificate verified.
struct BenchPooler {
    let database: BenchDatabase
    let process: Child
    let port: Int
    private let authority: String
    private let password: Secret

    /// A role as an application has it; the pooler lets no superuser through.
    private static let role = "client"
    private static let directName = "direct"
    /// What the server of a cluster lets in unless told otherwise; the pooler's plan is made from it.
    private static let plannedConnections = 200
    /// What this one lets in, for the clients that come directly.
    private static let connectionsMax = 1100

    init(in workshop: Workshop) async throws {
        let folder = try workshop.serverFolder("pooler")
        let certificates = try await Self.make(workshop, ["certificates", folder])
        try await workshop.handOver(folder)
        let password = Secret.generate()
        authority = "\(certificates)/ca.crt"
        database = try await BenchDatabase(
            in: workshop, password: password,
            settings: [
                "max_connections=\(Self.connectionsMax)", "ssl=on", "ssl_cert_file=\(certificates)/server.crt",
                "ssl_key_file=\(certificates)/server.key", "ssl_min_protocol_version=TLSv1.2",
            ])
        self.password = password
        do {
            port = try workshop.freePort()
            try await Self.admit(password, database)
            process = try await Self.start(at: port, in: folder, before: database)
        } catch {
            await database.stop()
            throw error
        }
    }

    private static func start(at port: Int, in folder: String, before database: BenchDatabase) async throws -> Child {
        let workshop = database.workshop
        let numbers = [database.port, port, sysconf(Int32(_SC_NPROCESSORS_ONLN)), plannedConnections]
        let words = ["pooler", folder, database.folder] + numbers.map { "\($0)" } + [workshop.serverUser]
        let settings = try await make(workshop, words)
        try await workshop.handOver(folder)
        let program = workshop.unprivileged("/usr/sbin/pgbouncer", [settings], environment: ["HOME": folder])
        return try await workshop.start(program, log: "pgbouncer", port: port)
    }

    private static func make(_ workshop: Workshop, _ words: [String]) async throws -> String {
        let said = try await workshop.output(of: Program("\(workshop.checkout)/.build/release/poolerfiles", words))
        return String(said.prefix { $0 != "\n" })
    }

    private static func admit(_ password: Secret, _ database: BenchDatabase) async throws {
        let session = try await PostgresSession.connect(database.options, on: database.workshop.loop)
        defer { session.close() }
        let verifier = try session.passwordVerifier(password, user: role).reveal()
        try await session.execute(
            """
            CREATE ROLE \(role) LOGIN PASSWORD \(quoteLiteral(verifier));
            GRANT SELECT ON message TO \(role);
            GRANT INSERT ON event TO \(role)
            """)
    }

    func stop() async {
        await database.workshop.stop(process)
        await database.stop()
    }

    /// So many clients through the pooler, or directly. What they send is parsed each time: what is prepared on one
    /// server connection is not there on the next one.
    func load(_ clients: Int, isPooled: Bool, rate: Int) -> Pgbench {
        let place = ("127.0.0.1", isPooled ? port : database.port, Self.role)
        var pgbench = Pgbench(database.workshop, connections: clients, at: place)
        pgbench.manner = "extended"
        pgbench.environment = [
            "PGPASSWORD": password.reveal(), "PGSSLMODE": "verify-full", "PGSSLROOTCERT": authority,
            "PGAPPNAME": isPooled ? "pooled" : Self.directName,
        ]
        pgbench.rate = rate
        pgbench.isLogging = true
        return pgbench
    }

    /// Waits until the direct clients of the turn before have left the server.
    func settle() async throws {
        let session = try await PostgresSession.connect(database.options, on: database.workshop.loop)
        defer { session.close() }
        let query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1"
        while try await session.query(query, Self.directName).only[0, as: Int64.self] > 0 {
            try await database.workshop.loop.sleep(for: .milliseconds(50))
        }
    }

    /// Megabytes of everything that serves clients; the pooler too, when they come through it.
    func memory(isPooled: Bool) -> Double {
        MemoryShare.megabytes(of: database.process.pid)
            + (isPooled ? MemoryShare.megabytes(of: process.pid) : 0)
    }
}
