import Basics
public import Postgres
import ServerTestSupport

/// A PgBouncer of a test's own in front of the test server, in transaction pooling.
public final class PgBouncer: Sendable {
    private let process: ServerProcess
    private let port: Int

    private static let kind = ServerKind(
        "pgbouncer", user: "postgres", group: "postgres", ending: .terminate, readyWords: "process up")

    /// Starts one with so many server connections for each database and account; it lets in the superuser and those whose
    /// `accounts` are given.
    public init(connections: Int = 2, accounts: [ConnectionOptions] = []) throws {
        let server = try TestServer.shared()
        let folder = try ServerFolder(for: Self.kind)
        port = try freePort()
        let users = ([server.superuser] + accounts).map { "\"\($0.user)\" \"\($0.password?.reveal() ?? "")\"\n" }
        try folder.write(users.joined(), to: "users.txt")
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
            default_pool_size = \(connections)
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
