import Basics
public import Postgres
import ServerTestSupport

/// A PgBouncer of a test's own in front of the test server, in transaction pooling, with two server connections.
public final class PgBouncer: Sendable {
    private let process: ServerProcess
    private let port: Int

    private static let kind = ServerKind(
        "pgbouncer", user: "postgres", group: "postgres", ending: .terminate, readyWords: "process up")

    /// Starts one.
    public init() throws {
        let server = try TestServer.shared()
        let folder = try ServerFolder(for: Self.kind)
        port = try freePort()
        let password = server.superuser.password?.reveal() ?? ""
        try folder.write("\"\(server.superuser.user)\" \"\(password)\"\n", to: "users.txt")
        try folder.write(
            """
            [databases]
            * = host=\(server.socketFolder) port=\(server.port)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = \(folder.path("users.txt"))
            pool_mode = transaction
            default_pool_size = 2
            max_client_conn = 200

            """, to: "pgbouncer.ini")
        process = try ServerProcess.ready("/usr/sbin/pgbouncer", [folder.path("pgbouncer.ini")], in: folder)
    }

    deinit { process.stop() }

    /// The way through it to what `options` lead to directly.
    public func options(_ options: ConnectionOptions) -> ConnectionOptions {
        var options = options
        (options.host, options.port, options.sslMode) = ("127.0.0.1", port, .disable)
        return options
    }
}
