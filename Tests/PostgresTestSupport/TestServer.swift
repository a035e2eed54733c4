import Basics
import Glibc
public import Postgres
import Synchronization

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

    private init() throws {
        let folder = try ServerFolder()
        cleanUp.withLock { $0 = CleanUp(folder: folder.path) }
        atexit { cleanUp.withLock { $0.take() }?.perform() }
        let password = Secret.generate()
        try Self.initialize(folder, password)
        let launch = try Self.launch(folder)
        cleanUp.withLock { $0?.server = launch }
        port = launch.port
        process = launch.pid
        socketFolder = folder.path
        certificate = folder.path("server.crt")
        superuser = ConnectionOptions(
            host: folder.path, port: launch.port, database: "postgres", user: "superuser", password: password,
            applicationName: "parlor tests")
    }

    private static func initialize(_ folder: ServerFolder, _ password: Secret) throws(ParlorError) {
        try folder.write(password.reveal(), to: "password")
        try ChildProcess.run(
            "\(binaries)/initdb",
            [
                "-D", folder.path("data"), "-U", "superuser", "-A", "scram-sha-256", "--pwfile",
                folder.path("password"),
                "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
            ], home: folder.path)
        try Files.remove(folder.path("password"))
        try folder.write(
            """
            local all all scram-sha-256
            hostssl all \(roleWithoutTLS) 127.0.0.1/32 reject
            host all all 127.0.0.1/32 scram-sha-256

            """, to: "pg_hba.conf")
        try ChildProcess.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                "-keyout", folder.path("server.key"), "-out", folder.path("server.crt"),
            ], home: folder.path)
    }

    /// Another program may take the port between the search for it and its use, hence some attempts.
    private static func launch(_ folder: ServerFolder) throws -> Launch {
        var log: [String] = []
        for _ in 0..<5 {
            let launch = try Launch(program: "\(binaries)/postgres", folder: folder, port: freePort())
            guard case .ended(let lines) = launch.waitUntilReady() else { return launch }
            log = lines
        }
        throw ParlorError(.startFailed, "the test server did not start", detail: log.joined(separator: "\n"))
    }

    private static func freePort() throws(ParlorError) -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw .systemCall("socket", errno: errno) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
            }
        }
        guard status == 0 else { throw .systemCall("bind", errno: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// What the end of the process undoes; `atexit` takes no captures.
private struct CleanUp {
    let folder: String
    var server: Launch?

    func perform() {
        server?.stop()
        try? Files.remove(folder)
    }
}

private let cleanUp = Mutex<CleanUp?>(nil)
