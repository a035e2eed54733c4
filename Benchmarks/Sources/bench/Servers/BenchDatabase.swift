import Basics
import Glibc
import Loop
import Postgres
import Processes

/// A private PostgreSQL that is durable, as in production, with what the contenders read and write.
struct BenchDatabase {
    let workshop: Workshop
    let folder: String
    let port: Int
    let process: Child

    static let keys = 100_000
    private static let binaries = "/usr/lib/postgresql/15/bin"

    /// With a password it listens on 127.0.0.1 too; what `others` set counts.
    init(in workshop: Workshop, password: Secret? = nil, settings others: [String] = []) async throws {
        self.workshop = workshop
        folder = try workshop.serverFolder("postgres")
        port = try workshop.freePort()
        let data = "\(folder)/data"
        let environment = ["PATH": "\(Self.binaries):/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": folder]
        // The folder of the socket is only the owner's and root's, so nobody else gets as far as being trusted.
        let initdb = workshop.unprivileged(
            "\(Self.binaries)/initdb",
            [
                "-D", data, "-U", "bench", "--auth-local=trust", "--auth-host=scram-sha-256", "-E", "UTF8",
                "--locale=C.UTF-8", "--data-checksums",
            ],
            environment: environment)
        _ = try await workshop.output(of: initdb)
        let settings =
            [
                "port=\(port)", "listen_addresses=\(password == nil ? "" : "127.0.0.1")",
                "unix_socket_directories=\(folder)", "shared_buffers=256MB",
                "max_connections=200", "max_wal_size=4GB", "checkpoint_timeout=30min", "autovacuum=off",
            ] + others
        let server = workshop.unprivileged(
            "\(Self.binaries)/postgres", ["-D", data] + settings.flatMap { ["-c", $0] }, environment: environment)
        let options = Self.options(folder, port, "postgres")
        process = try await workshop.start(server, log: "postgres") {
            guard let connection = try? await PostgresSession.connect(options, on: workshop.loop) else { return false }
            connection.close()
            return true
        }
        try await fill()
        if let password { try await admit(with: password) }
    }

    private static func options(_ folder: String, _ port: Int, _ database: String) -> ConnectionOptions {
        ConnectionOptions(host: folder, port: port, database: database, user: "bench", applicationName: "bench")
    }

    var options: ConnectionOptions { Self.options(folder, port, "bench") }

    private func fill() async throws {
        let administrator = try await PostgresSession.connect(Self.options(folder, port, "postgres"), on: workshop.loop)
        try await administrator.query("CREATE DATABASE bench", fate: .own)
        administrator.close()
        let session = try await PostgresSession.connect(options, on: workshop.loop)
        defer { session.close() }
        for statement in [
            "CREATE TABLE message (id bigint PRIMARY KEY, body text NOT NULL)",
            """
            INSERT INTO message
            SELECT number, repeat(md5(number::text), 8) FROM generate_series(1, \(Self.keys)) AS number
            """,
            """
            CREATE TABLE event (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sender text NOT NULL, body text NOT NULL
            )
            """,
            "VACUUM ANALYZE message", "CHECKPOINT",
        ] {
            try await session.query(statement, fate: .own)
        }
    }

    private func admit(with password: Secret) async throws {
        let session = try await PostgresSession.connect(options, on: workshop.loop)
        defer { session.close() }
        let verifier = try session.passwordVerifier(password, user: "bench").reveal()
        try await session.execute("ALTER ROLE bench PASSWORD \(quoteLiteral(verifier))")
    }

    func stop() async { await workshop.stop(process) }
}
