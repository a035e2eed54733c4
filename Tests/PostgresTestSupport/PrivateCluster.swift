import Basics
public import Postgres
import ServerTestSupport
import Synchronization

/// A server of a test's own, which may be killed, started again, copied as a standby and promoted. What it has
/// acknowledged survives its being killed.
///
/// Its folder lets in nobody but the user of the servers, and it listens on 127.0.0.1, where it trusts everybody.
public final class PrivateCluster: Sendable {
    private let folder: ServerFolder
    private let port: Int
    private let process = Mutex<ServerProcess?>(nil)

    private static let binaries = "/usr/lib/postgresql/15/bin"
    private static let kind = ServerKind(
        "cluster", user: "postgres", group: "postgres", ending: .kill, readyWords: "database system is ready to accept")

    /// Makes a server and starts it.
    public convenience init() throws {
        let folder = try ServerFolder(for: Self.kind)
        try folder.run(
            "\(Self.binaries)/initdb",
            [
                "-D", folder.path("data"), "-U", "superuser", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                "--no-sync", "--no-instructions",
            ])
        try self.init(folder)
    }

    private init(_ folder: ServerFolder) throws {
        self.folder = folder
        port = try freePort()
        try start()
    }

    deinit { kill() }

    /// The superuser's connection over TCP.
    public var options: ConnectionOptions {
        ConnectionOptions(host: "127.0.0.1", port: port, database: "postgres", user: "superuser")
    }

    /// Starts it; comes back when it accepts connections.
    public func start() throws {
        let settings = [
            "port=\(port)", "listen_addresses=127.0.0.1", "unix_socket_directories=\(folder.path)", "fsync=off",
            "shared_buffers=16MB", "autovacuum=off", "wal_level=replica", "max_wal_senders=4", "hot_standby=on",
            "wal_retrieve_retry_interval=100ms",
        ]
        let arguments = ["-D", folder.path("data")] + settings.flatMap { ["-c", $0] }
        let started = try ServerProcess.ready("\(Self.binaries)/postgres", arguments, in: folder)
        process.withLock { $0 = started }
    }

    /// Ends it as a power cut would, and waits until all of its processes are gone.
    public func kill() { process.withLock { $0.take() }?.stop() }

    /// A copy that follows this one.
    public func standby() throws -> PrivateCluster {
        let copy = try ServerFolder(for: Self.kind)
        try copy.run(
            "\(Self.binaries)/pg_basebackup",
            [
                "-d", "host=127.0.0.1 port=\(port) user=superuser", "-D", copy.path("data"), "-R", "-X", "stream", "-c",
                "fast", "--no-sync",
            ])
        return try PrivateCluster(copy)
    }
}
