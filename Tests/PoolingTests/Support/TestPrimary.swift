import Basics
import Pooling
import Postgres
import ServerTestSupport

/// A PostgreSQL of a test's own that lets nobody in over TCP without TLS and a password, with the pooler's role and
/// function in it and a role for clients.
final class TestPrimary: Sendable {
    static let binaries = "/usr/lib/postgresql/15/bin"
    static let password = Secret("of the application's role, \"quoted\" and 'quoted'")
    static let poolerPassword = Secret("of the pooler's \"role\"")

    private static let shared = Result { try TestPrimary() }
    private static let kind = ServerKind(
        "pooled", user: "postgres", group: "postgres", ending: .quit, readyWords: "database system is ready to accept")

    let folder: ServerFolder
    let process: ServerProcess
    let port: Int

    /// The one that tests share which change nothing in it.
    static func running() throws -> TestPrimary { try shared.get() }

    convenience init() throws {
        let folder = try ServerFolder(for: Self.kind)
        try folder.run(
            "\(Self.binaries)/initdb",
            [
                "-D", folder.path("data"), "-U", "superuser", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                "--no-sync", "--no-instructions",
            ])
        try self.init(folder)
        try folder.write(Self.roles, to: "roles.sql")
        try folder.run(
            "\(Self.binaries)/psql",
            [
                "-q", "-v", "ON_ERROR_STOP=1", "-h", folder.path, "-p", "\(port)", "-U", "superuser", "-d", "postgres",
                "-f", folder.path("roles.sql"),
            ])
    }

    private init(_ folder: ServerFolder) throws {
        self.folder = folder
        try Self.issueCertificate(folder)
        try folder.write(
            "local all all trust\nlocal replication all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n",
            to: "access.conf")
        (process, port) = try ServerProcess.ready("\(Self.binaries)/postgres", in: folder) { port in
            let settings = [
                "port=\(port)", "listen_addresses=127.0.0.1", "unix_socket_directories=\(folder.path)", "fsync=off",
                "hba_file=\(folder.path("access.conf"))", "shared_buffers=16MB", "autovacuum=off", "ssl=on",
                "ssl_cert_file=\(folder.path("server.crt"))", "ssl_key_file=\(folder.path("server.key"))",
                "max_connections=100", "wal_retrieve_retry_interval=100ms",
            ]
            return ["-D", folder.path("data")] + settings.flatMap { ["-c", $0] }
        }
    }

    /// A copy that follows this one.
    func standby() throws -> TestPrimary {
        let copy = try ServerFolder(for: Self.kind)
        try copy.run(
            "\(Self.binaries)/pg_basebackup",
            [
                "-d", "host=\(folder.path) port=\(port) user=superuser", "-D", copy.path("data"), "-R", "-X", "stream",
                "-c", "fast", "--no-sync",
            ])
        return try TestPrimary(copy)
    }

    /// Everybody's certificate and authority in these tests is made here.
    static func issueCertificate(_ folder: ServerFolder) throws {
        try folder.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", folder.path("server.key"), "-out", folder.path("server.crt"),
            ])
    }

    private static var roles: String {
        func made(_ name: String, _ attributes: String) -> String {
            "CREATE ROLE \(name) LOGIN \(attributes) PASSWORD \(quoteLiteral(password.reveal()));\n"
        }
        // What the script is given is a verifier; the server takes a password in its place and makes one.
        return PoolerAuthentication.roleScript(verifier: poolerPassword) + ";\n" + PoolerAuthentication.functionScript
            + "\n" + made("app", "") + made("chief", "SUPERUSER") + made("copier", "REPLICATION")
            + made("late", "VALID UNTIL '2001-01-01'") + "CREATE ROLE nobody PASSWORD 'nobody';\n"
            + "CREATE TABLE note (number int, port int DEFAULT inet_server_port()); GRANT ALL ON note TO app;\n"
            + "CREATE TABLE canary (salon text); INSERT INTO canary VALUES ('one'), ('two');\n"
            + "ALTER TABLE canary ENABLE ROW LEVEL SECURITY; GRANT SELECT ON canary TO app;\n"
            + "CREATE POLICY own ON canary USING (salon = current_setting('app.salon_id', true));\n"
            + "CREATE DATABASE \"odd 'name\"\"\";\n\\c \"odd 'name\"\"\"\n" + PoolerAuthentication.functionScript
    }

    var certificate: String { folder.path("server.crt") }
    var node: PoolerNode { PoolerNode(host: "127.0.0.1", port: port) }

    /// The superuser's connection, through the socket.
    var superuser: ConnectionOptions {
        ConnectionOptions(host: folder.path, port: port, database: "postgres", user: "superuser")
    }
}
