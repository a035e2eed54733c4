import Backups
import Basics
import Glibc
import Loop
import Postgres
import Processes
import ServerTestSupport

/// A PostgreSQL server of a test's own whose log goes to a repository by the product's archive command, with the engine
/// that backs it up.
///
/// Where tests run as root, the server, pgBackRest and restored servers run as the user `postgres`, by scripts that become
/// that user. A restored server stands below the folder of this one, like everything else.
final class ArchivingServer: Sendable {
    private static let binaries = "/usr/lib/postgresql/15/bin"
    private static let kind = ServerKind(
        "archiving", user: "postgres", group: "postgres", ending: .quit,
        readyWords: "database system is ready to accept connections")

    let folder: ServerFolder
    let repository: BackupRepository
    let engine: BackupEngine
    private let port: Int
    private let process: ServerProcess

    private static let made = Task {
        try await EventLoop.onThread { loop in
            let server = try await ArchivingServer(on: loop)
            _ = try await server.backUp(.full, on: loop)
            return server
        }
    }

    /// The one that most tests share, with a full backup in a folder.
    static func shared() async throws -> ArchivingServer { try await made.value }

    /// Starts a server with an empty repository in that place, by default a folder beside it.
    init(in place: BackupRepository.Place? = nil, on loop: EventLoop) async throws {
        folder = try ServerFolder(for: Self.kind)
        port = try freePort()
        repository = BackupRepository(place ?? .folder(folder.path("repository")), key: .generate())
        try Self.writeScripts(in: folder)
        engine = try Self.engine(repository, named: "pgbackrest", folder, port)
        try folder.run(
            "\(Self.binaries)/initdb",
            [
                "-D", folder.path("data"), "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "--data-checksums",
                "--no-sync", "--no-instructions",
            ])
        let settings = [
            "port=\(port)", "listen_addresses=", "unix_socket_directories=\(folder.path)", "fsync=off",
            "shared_buffers=16MB", "autovacuum=off", "timezone=UTC", "archive_mode=on",
            "archive_command=\(PgBackRest.archiveCommand(folder.path("pgbackrest.conf")))",
        ]
        process = try ServerProcess.ready(
            "\(Self.binaries)/postgres", ["-D", folder.path("data")] + settings.flatMap { ["-c", $0] }, in: folder)
        if repository.isRemote {
            try folder.write(engine.configuration.file, to: "pgbackrest.conf")
            try folder.run(
                PgBackRest.executable,
                ["--config=\(folder.path("pgbackrest.conf"))", "repo-create", "--stanza=parlor", "--repo=2"])
        }
        try await engine.makeReady(on: loop)
        try await connected(on: loop) { session in
            // Each file takes its time in a backup and in a restore.
            try await session.execute("UPDATE pg_database SET datistemplate = false")
            for name in ["template0", "template1"] { try await session.execute("DROP DATABASE \(name)") }
            try await session.execute("CREATE TABLE stages (name text)")
            try await Heartbeat.setUp(session)
        }
    }

    /// An engine that reads the same repository with another key.
    func engine(withKey key: Secret) throws -> BackupEngine {
        try Self.engine(BackupRepository(repository.place, key: key), named: "other", folder, port)
    }

    private static func engine(
        _ repository: BackupRepository, named name: String, _ folder: ServerFolder, _ port: Int
    ) throws -> BackupEngine {
        let configuration = PgBackRestConfiguration(
            [repository], servers: [.init("node", data: folder.path("data"), socket: folder.path, port: port)],
            folder: folder.path("work"), processes: 2)
        let engine = try BackupEngine(
            configuration, file: folder.path("\(name).conf"), environment: ["HOME": folder.path],
            executable: folder.path("programs/pgbackrest"))
        try engine.prepare()
        return engine
    }

    /// Scripts that give everything below `HOME` to the server's user and become that user, if they are root's.
    private static func writeScripts(in folder: ServerFolder) throws {
        let programs = folder.path("programs")
        var lines = ["mkdir \(programs)"]
        for (name, path, signal) in [
            ("postgres", "\(binaries)/postgres", "INT"), ("pgbackrest", PgBackRest.executable, "TERM"),
        ] {
            lines.append(
                """
                cat > \(programs)/\(name) <<'END'
                #!/bin/sh
                if [ "$(id -u)" = 0 ]; then
                    chown -R postgres: "$HOME" 2> /dev/null
                    set -- setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig \(signal) \(path) "$@"
                else
                    set -- \(path) "$@"
                fi
                exec "$@"
                END
                chmod 755 \(programs)/\(name)
                """)
        }
        for name in ["pg_controldata", "pg_amcheck"] { lines.append("ln -s \(binaries)/\(name) \(programs)") }
        // A child writes them: what this process has open for writing, and others inherit for a moment, cannot be started.
        try folder.run("/bin/sh", ["-e", "-c", lines.joined(separator: "\n")])
    }

    // MARK: - The server

    /// The superuser's way in.
    var options: ConnectionOptions {
        ConnectionOptions(host: folder.path, port: port, database: "postgres", user: "postgres")
    }

    /// A superuser's session for as long as `body` takes.
    func connected<Value>(
        on loop: EventLoop, _ body: (PostgresSession) async throws -> Value
    ) async throws -> Value {
        let session = try await PostgresSession.connect(options, on: loop)
        defer { session.close() }
        return try await body(session)
    }

    /// Finishes the file of the log that is written now, and waits until it is in the repository; its name.
    @discardableResult
    func archive(on loop: EventLoop) async throws -> LogFile {
        try await connected(on: loop) { session in
            let name = try await finishLogFile(session)
            try await wait("\(name) is archived", on: loop) {
                try await session.flag("SELECT last_archived_wal >= '\(name)' FROM pg_stat_archiver")
            }
            return try LogFile(name) ?? { throw ParlorError(.malformed, "\(name) is no file of the log") }()
        }
    }

    /// Finishes the file of the log that is written now; its name.
    @discardableResult
    func finishLogFile(_ session: PostgresSession) async throws -> String {
        try await Heartbeat.write(session)
        let row = try await session.query("SELECT pg_walfile_name(pg_current_wal_insert_lsn()), pg_switch_wal()").only
        return try row[0, as: String.self]
    }

    /// Waits until the archive command has failed once more than so far.
    func awaitArchiveFailure(_ session: PostgresSession, on loop: EventLoop) async throws {
        let count = try await session.query("SELECT failed_count FROM pg_stat_archiver").only[0, as: Int.self]
        try await finishLogFile(session)
        try await wait("archiving fails", on: loop) {
            try await session.flag("SELECT failed_count > \(count) FROM pg_stat_archiver")
        }
    }

    private func wait(_ what: String, on loop: EventLoop, until holds: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(150)
        while try await !holds() {
            guard ContinuousClock.now < deadline else { throw ParlorError(.timeout, "nobody saw that \(what)") }
            try await loop.sleep(for: .milliseconds(20))
        }
    }

    /// Ends it at once.
    func stop() { process.stop() }

    // MARK: - Backups

    /// A file without content takes no room, but its time in a backup.
    private var largeFile: String { folder.path("data/large") }

    /// Adds a file whose copy takes some seconds of a processor.
    func addLargeFile() throws {
        try Files.writeAtomically("", to: largeFile, mode: 0o644)
        guard truncate(largeFile, 1 << 30) == 0 else { throw ParlorError(.file, "\(largeFile) cannot be made") }
    }

    /// Takes it away; who copies it finds that it has shrunk.
    func removeLargeFile() {
        truncate(largeFile, 0)
        unlink(largeFile)
    }

    /// Makes a backup.
    func backUp(
        _ kind: BackupRecord.Kind, on loop: EventLoop,
        progress: @escaping @Sendable (TransferProgress) -> Void = { _ in }
    ) async throws -> BackupRecord {
        try await engine.backUp(kind, to: repository, on: loop, progress: progress)
    }

    /// What can be reached, up to a moment.
    func source(until: Timestamp? = nil, on loop: EventLoop) async throws -> RecoveryPlan.Source {
        .init(repository, try await engine.state(of: repository, on: loop), replayableFulls: 99, until: until)
    }

    /// Where something can be restored.
    func place(_ name: String) -> ScratchServer.Place {
        ScratchServer.Place(
            programs: folder.path("programs"), folder: folder.path(name), socket: folder.path("\(name)/run"),
            user: UserAccount.current.name)
    }

    /// Restores to a place, hands the session of a superuser to `body`, and takes everything away.
    func restored<Value>(
        to target: RecoveryTarget, isDelta: Bool = false, in place: ScratchServer.Place? = nil, on loop: EventLoop,
        _ body: (PostgresSession) async throws -> Value
    ) async throws -> Value {
        let place = place ?? self.place("restored-\(RandomIdentifier.hex(bytes: 3))")
        let plan = try RecoveryPlan(target, from: [try await source(on: loop)])
        let outcome = try await Restoration(engine, to: place).run(plan, isDelta: isDelta, isLasting: false, on: loop)
        let session = try await outcome.server.session(to: "postgres", on: loop)
        let result: Result<Value, any Error>
        do { result = .success(try await body(session)) } catch { result = .failure(error) }
        session.close()
        try await outcome.server.stop(on: loop)
        try Files.remove(place.folder)
        return try result.get()
    }

    /// The files of the repository below a folder whose names begin with some text.
    func files(in path: String, beginningWith text: String) throws -> [String] {
        guard case .folder(let repository) = repository.place else { return [] }
        return try Files.list("\(repository)/\(path)").filter { $0.hasPrefix(text) }.map {
            "\(repository)/\(path)/\($0)"
        }
    }

    /// Where the repository has a file of the log.
    func path(of file: LogFile) throws -> String? {
        try files(in: "archive/parlor/15-1/\(file.name.prefix(16))", beginningWith: "\(file.name)-").first
    }

    /// Sends a signal to the pgBackRest that this process runs on this server's repository.
    func signal(_ number: Int32) {
        for process in programs() where process.parent == getpid() { kill(process.pid, number) }
    }

    /// Ends every pgBackRest and those that work for it as a power cut would. One that is left alone may need 15 seconds
    /// to see that nobody wants its work any more, and holds the lock so long.
    func killPrograms() { for process in programs() { kill(process.pid, SIGKILL) } }

    /// Waits until no pgBackRest works on this server's repository.
    func awaitPrograms(on loop: EventLoop) async throws {
        try await wait("pgBackRest has ended", on: loop) { programs().isEmpty }
    }

    /// Every pgBackRest that works on this server's repository. The server's own words name its file, too.
    private func programs() -> [(pid: pid_t, parent: pid_t)] {
        ((try? Files.list("/proc")) ?? []).compactMap { name in
            guard let pid = pid_t(name), let line = try? Files.read("/proc/\(name)/cmdline"),
                let state = try? Files.readText("/proc/\(name)/stat"),
                let parent = state.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap({
                    pid_t($0)
                })
            else { return nil }
            let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard words.first.map(Files.name(of:)) == "pgbackrest",
                words.contains(where: { $0.hasSuffix(folder.path("pgbackrest.conf")) })
            else { return nil }
            return (pid, parent)
        }
    }
}

extension PostgresSession {
    /// The one truth value that a query gives, false where there is none.
    func flag(_ sql: String) async throws -> Bool { try await query(sql).only[0, as: Bool?.self] ?? false }

    /// All values of a query's first column, in their order, joined.
    func joined(_ sql: String) async throws -> String {
        var values: [String] = []
        for row in try await query(sql) { values.append(try row[0, as: String.self]) }
        return values.joined(separator: " ")
    }
}
