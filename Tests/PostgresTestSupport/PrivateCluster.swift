import Basics
public import Postgres
import ServerTestSupport
import Synchronization

/// A server of a test's own, which may be killed, started again, copied as a standby and promoted. What it has
/// acknowledged survives its being killed.
///
/// Its folder lets in nobody but the user of the servers, and it listens on one address, by default 127.0.0.1, where it
/// trusts everybody of that network.
public final class PrivateCluster: Sendable {
    private let folder: ServerFolder
    private let address: String
    private let port: Int
    private let settings: [String: String]
    private let process = Mutex<ServerProcess?>(nil)

    private static let binaries = "/usr/lib/postgresql/15/bin"
    private static let kind = ServerKind(
        "cluster", user: "postgres", group: "postgres", ending: .kill, readyWords: "database system is ready to accept")

    /// Makes a server with some settings besides its own and starts it, on that address.
    public convenience init(at address: String = "127.0.0.1", settings: [String: String] = [:]) throws {
        let folder = try ServerFolder(for: Self.kind)
        try folder.run(
            "\(Self.binaries)/initdb",
            [
                "-D", folder.path("data"), "-U", "superuser", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                "--no-sync", "--no-instructions",
            ])
        try self.init(folder, at: address, settings)
    }

    private init(_ folder: ServerFolder, at address: String, _ settings: [String: String]) throws {
        self.folder = folder
        self.address = address
        self.settings = settings
        port = try freePort()
        try folder.write(
            """
            local all all trust
            local replication all trust
            host all all samenet trust
            host replication all samenet trust

            """, to: "pg_hba.conf")
        try start()
    }

    deinit { kill() }

    /// The superuser's connection over TCP.
    public var options: ConnectionOptions {
        ConnectionOptions(host: address, port: port, database: "postgres", user: "superuser")
    }

    /// The superuser's connection through its socket.
    public var socketOptions: ConnectionOptions {
        ConnectionOptions(host: folder.path, port: port, database: "postgres", user: "superuser")
    }

    /// The first of its processes, 0 when it does not run.
    public var pid: Int32 { process.withLock { $0?.pid ?? 0 } }

    /// Starts it; comes back when it accepts connections.
    public func start() throws {
        let settings =
            [
                "port=\(port)", "listen_addresses=\(address)", "unix_socket_directories=\(folder.path)",
                "hba_file=\(folder.path("pg_hba.conf"))", "fsync=off",
                "shared_buffers=16MB", "autovacuum=off", "wal_level=replica", "max_wal_senders=4", "hot_standby=on",
                "wal_retrieve_retry_interval=100ms",
            ] + self.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let arguments = ["-D", folder.path("data")] + settings.flatMap { ["-c", $0] }
        let started = try ServerProcess.ready("\(Self.binaries)/postgres", arguments, in: folder)
        process.withLock { $0 = started }
    }

    /// Ends it as a power cut would, and waits until all of its processes are gone.
    public func kill() { process.withLock { $0.take() }?.stop() }

    /// A copy that follows this one, on that address.
    public func standby(at address: String = "127.0.0.1", settings: [String: String] = [:]) throws -> PrivateCluster {
        let copy = try ServerFolder(for: Self.kind)
        try copy.run(
            "\(Self.binaries)/pg_basebackup",
            [
                "-d", "host=\(self.address) port=\(port) user=superuser", "-D", copy.path("data"), "-R", "-X", "stream",
                "-c",
                "fast", "--no-sync",
            ])
        return try PrivateCluster(copy, at: address, settings)
    }
}
