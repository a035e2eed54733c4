import Basics
import S3TestSupport
import ServerTestSupport

/// A PostgreSQL server of a test's own whose log goes to a repository in S3.
final class BackedUpServer {
    private static let binaries = "/usr/lib/postgresql/15/bin"
    private static let kind = ServerKind(
        "backed-up", user: "postgres", group: "postgres", ending: .quit,
        readyWords: "database system is ready to accept connections")

    private let folder: ServerFolder
    private let port: Int
    private var process: ServerProcess?

    /// Starts a server, and makes its repository in a new bucket of `storage`.
    init(in storage: S3TestServer) throws {
        folder = try ServerFolder(for: Self.kind)
        port = try freePort()
        try folder.write(configuration(storage), to: "pgbackrest.conf")
        try folder.run(
            "\(Self.binaries)/initdb",
            [
                "-D", folder.path("data"), "-U", "superuser", "-A", "trust", "--locale=C.UTF-8", "--no-sync",
                "--no-instructions",
            ])
        try start("archive_mode=on", "archive_command=\(command) archive-push %p")
        // Most of a new server's files belong to the databases; each file read is a request.
        try sql("DROP DATABASE postgres")
        try sql("UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'")
        try sql("DROP DATABASE template0")
        try backup("repo-create")
        try backup("stanza-create")
    }

    deinit { stop() }

    private var command: String { "/usr/bin/pgbackrest --config=\(folder.path("pgbackrest.conf")) --stanza=parlor" }

    private func configuration(_ storage: S3TestServer) -> String {
        """
        [global]
        repo1-type=s3
        repo1-path=/repository
        repo1-s3-bucket=bucket-\(RandomIdentifier.hex(bytes: 6))
        repo1-s3-endpoint=localhost
        repo1-storage-port=\(storage.securePort)
        repo1-storage-ca-file=\(storage.authorityFile)
        repo1-s3-region=us-east-1
        repo1-s3-uri-style=path
        repo1-s3-key=\(storage.accessKey)
        repo1-s3-key-secret=\(storage.secretKey.reveal())
        repo1-cipher-type=aes-256-cbc
        repo1-cipher-pass=\(Secret.generate().reveal())
        repo1-bundle=y
        repo1-retention-full=9999999
        compress-type=zst
        process-max=2
        start-fast=y
        lock-path=\(folder.path("lock"))
        log-path=\(folder.path)
        log-level-console=warn
        log-level-file=off
        [parlor]
        pg1-path=\(folder.path("data"))
        pg1-socket-path=\(folder.path)
        pg1-port=\(port)
        pg1-user=superuser
        pg1-database=template1

        """
    }

    private func start(_ settings: String...) throws {
        let settings =
            [
                "port=\(port)", "listen_addresses=", "unix_socket_directories=\(folder.path)", "fsync=off",
                "shared_buffers=16MB", "autovacuum=off",
            ] + settings
        process = try ServerProcess.ready(
            "\(Self.binaries)/postgres", ["-D", folder.path("data")] + settings.flatMap { ["-c", $0] }, in: folder)
    }

    /// Ends the server at once.
    func stop() {
        process?.stop()
        process = nil
    }

    /// Runs pgBackRest; what it wrote.
    @discardableResult
    func backup(_ arguments: String...) throws -> String {
        let words = command.split(separator: " ").map { String($0) } + arguments
        return try folder.run(words[0], Array(words.dropFirst()))
    }

    /// What a statement returns.
    @discardableResult
    func sql(_ text: String) throws -> String {
        let place = ["-h", folder.path, "-p", "\(port)", "-U", "superuser", "-d", "template1"]
        return try folder.run("\(Self.binaries)/psql", place + ["-X", "-q", "-A", "-t", "-c", text])
    }

    /// Puts what the repository holds in the place of the server's data, and starts it with that.
    func restore() throws {
        stop()
        try Files.remove(folder.path("data"))
        try backup("restore")
        try start("archive_mode=off")
    }
}
