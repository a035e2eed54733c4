import Basics
public import Postgres
import ServerTestSupport

/// The one private PostgreSQL server of a test process, started by the first test that wants it and ended with the
/// process.
///
/// It listens on a socket and on 127.0.0.1, with a certificate for `localhost`; passwords everywhere. The role of
/// `roleWithoutTLS`, once a test creates it, is let in over TCP without TLS only.
public final class TestServer: Sendable {
    /// The superuser's connection to the database `postgres`, through the socket.
    public let superuser: ConnectionOptions
    /// The port of both.
    public let port: Int
    /// The folder of the socket.
    public let socketFolder: String
    /// The certificate, which is its own authority.
    public let certificate: String
    /// The server's process.
    public let process: Int32

    /// A role name that the server admits over TCP only without TLS.
    public static let roleWithoutTLS = "without_tls"

    private static let binaries = "/usr/lib/postgresql/15/bin"
    private static let started = Result { try TestServer() }

    /// The server, started when it does not run yet.
    public static func shared() throws -> TestServer { try started.get() }

    // SIGQUIT is its immediate shutdown: it takes its own children along and gives its shared memory back.
    private static let kind = ServerKind(
        "postgres", user: "postgres", group: "postgres", ending: .quit,
        readyWords: "database system is ready to accept connections")

    private init() throws {
        let folder = try ServerFolder(for: Self.kind)
        let password = Secret.generate()
        try Self.initialize(folder, password)
        let (server, port) = try ServerProcess.ready("\(Self.binaries)/postgres", in: folder) { port in
            Self.arguments(folder, port)
        }
        self.port = port
        process = server.pid
        socketFolder = folder.path
        certificate = folder.path("server.crt")
        superuser = ConnectionOptions(
            host: folder.path, port: port, database: "postgres", user: "superuser", password: password,
            applicationName: "parlor tests", connectTimeout: .seconds(60), settlingTime: .seconds(60))
    }

    private static func initialize(_ folder: ServerFolder, _ password: Secret) throws(ParlorError) {
        try folder.write(password.reveal(), to: "password")
        try folder.run(
            "\(binaries)/initdb",
            [
                "-D", folder.path("data"), "-U", "superuser", "-A", "scram-sha-256", "--pwfile",
                folder.path("password"),
                "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
            ])
        try Files.remove(folder.path("password"))
        try folder.write(
            """
            local all all scram-sha-256
            hostssl all \(roleWithoutTLS) 127.0.0.1/32 reject
            host all all 127.0.0.1/32 scram-sha-256

            """, to: "pg_hba.conf")
        try folder.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                "-keyout", folder.path("server.key"), "-out", folder.path("server.crt"),
            ])
    }

    private static func arguments(_ folder: ServerFolder, _ port: Int) -> [String] {
        let settings = [
            "port": "\(port)", "listen_addresses": "127.0.0.1", "unix_socket_directories": folder.path,
            "hba_file": folder.path("pg_hba.conf"),
            "ssl": "on", "ssl_cert_file": folder.path("server.crt"), "ssl_key_file": folder.path("server.key"),
            "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "32MB",
            "max_connections": "400", "autovacuum": "off", "log_min_messages": "log",
        ]
        return ["-D", folder.path("data")]
            + settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }
}
