import Basics
import Glibc
import Loop
import Postgres
import Processes

/// A PostgreSQL whose log is archived as in a cluster, with the repository that its backups go to; pgBackRest is told
/// what the platform tells it.
struct BenchBackups: Sendable {
    let messages: BenchMessages
    /// The bytes of the data, without the log.
    let size: Int
    private let folder: String

    /// What the server's setting of that name is in a cluster.
    static let archiveTimeout = 55

    private static let limit = Duration.seconds(1800)

    init(in workshop: Workshop) async throws {
        folder = try workshop.serverFolder("backups")
        let database = try await BenchDatabase(
            in: workshop, settings: ["archive_mode=on", "archive_timeout=\(Self.archiveTimeout)"])
        messages = BenchMessages(database: database)
        do {
            // What is written before there is a backup would only be in its way.
            try await Self.configure(database, archiveCommand: "/bin/true")
            Entrypoint.tell("filling 2 GB …")
            try await messages.fill()
            size = try await Self.size(of: database)
            let command = try await workshop.output(of: Self.run(["prepare"], in: folder, database))
            try await Self.configure(database, archiveCommand: String(command.prefix { $0 != "\n" }))
            _ = try await workshop.output(of: Self.run(["ready"], in: folder, database))
            try await settle()
            _ = try await workshop.output(of: backup("full"), within: Self.limit)
        } catch {
            await database.stop()
            throw error
        }
    }

    func stop() async { await database.stop() }

    var database: BenchDatabase { messages.database }

    private static func configure(_ database: BenchDatabase, archiveCommand: String) async throws {
        let session = try await PostgresSession.connect(database.options, on: database.workshop.loop)
        defer { session.close() }
        try await session.execute(
            """
            DO $$ BEGIN
                IF to_regrole('postgres') IS NULL THEN CREATE ROLE postgres SUPERUSER LOGIN; END IF;
            END $$
            """)
        try await session.query("ALTER SYSTEM SET archive_command = \(quoteLiteral(archiveCommand))", fate: .own)
        try await session.query("SELECT pg_reload_conf()")
    }

    private static func size(of database: BenchDatabase) async throws -> Int {
        let session = try await PostgresSession.connect(database.options, on: database.workshop.loop)
        defer { session.close() }
        try await session.query("CHECKPOINT", fate: .own, within: limit)
        let said = try await database.workshop.output(
            of: Program("/usr/bin/du", ["-sb", "--exclude=pg_wal", "\(database.folder)/data"]))
        guard let size = Int(said.prefix { $0.isNumber }) else {
            throw ParlorError(.programFailed, "what du printed has no size in it", detail: said)
        }
        return size
    }

    // MARK: - What is measured

    /// How long a program takes, as so many bytes of data in so long. Nobody's turn begins with what another one left to
    /// be written.
    func time(_ program: Program) async throws -> Sample {
        try await settle()
        let start = ContinuousClock.now
        _ = try await database.workshop.output(of: program, within: Self.limit)
        return Sample(size, in: .now - start)
    }

    /// Waits until everything is on the disk, and all of the log in the repository.
    func settle() async throws {
        let session = try await messages.session()
        defer { session.close() }
        try await session.query("CHECKPOINT", fate: .own, within: Self.limit)
        try await session.query("SELECT pg_switch_wal()")
        let waiting = "SELECT count(*)::int8 FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"
        while try await session.query(waiting).only.values(as: Int.self) > 0 {
            try await database.workshop.loop.sleep(for: .milliseconds(100))
        }
        _ = try await database.workshop.output(of: Program("/bin/sync", ["-f", folder]), within: Self.limit)
    }

    /// A new place for a copy.
    func place() -> String { "\(folder)/copy-\(RandomIdentifier.hex(bytes: 4))" }

    /// Removes a copy.
    func remove(_ place: String) async throws {
        _ = try await database.workshop.output(of: Program("/bin/rm", ["-rf", place]), within: Self.limit)
    }

    func backup(_ kind: String) -> Program { Self.run(["backup", kind], in: folder, database) }

    /// Restores the newest backup, until it is on the disk.
    func restore(into place: String, isDelta: Bool = false) -> Program {
        let restore = Self.run([isDelta ? "delta" : "restore", place], in: folder, database)
        return synced(place, [restore.executable] + restore.arguments)
    }

    /// PostgreSQL's own backup, which waits for the disk.
    func baseBackup(into place: String) -> Program {
        database.workshop.unprivileged(
            "/usr/lib/postgresql/15/bin/pg_basebackup",
            ["-h", database.folder, "-p", "\(database.port)", "-U", "bench", "-D", place, "-c", "fast"],
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder])
    }

    /// A plain copy of everything but the log, until it is on the disk.
    func copy(into place: String) -> Program {
        let script = "mkdir $0 && find $1 -mindepth 1 -maxdepth 1 ! -name pg_wal -exec cp -a -t $0 {} + && sync -f $0"
        return database.workshop.unprivileged("/bin/sh", ["-c", script, place, "\(database.folder)/data"])
    }

    private func synced(_ place: String, _ words: [String]) -> Program {
        Program("/bin/sh", ["-c", "\"$@\" && sync -f $0", place] + words, environment: ["PATH": "/usr/bin:/bin"])
    }

    private static func run(_ words: [String], in folder: String, _ database: BenchDatabase) -> Program {
        let place = [folder, database.folder, "\(database.port)", database.workshop.serverUser]
        return Program(
            "\(database.workshop.checkout)/.build/release/backupruns",
            words.prefix(1) + place + words.dropFirst(), environment: ["PATH": "/usr/bin:/bin", "HOME": folder])
    }

    /// The place in the log up to which the repository has it.
    func archivedEnd() throws -> PostgresWALPosition {
        let archive = "\(folder)/repository/archive/parlor"
        guard let version = try Files.list(archive).first(where: { $0.hasPrefix("15-") }),
            let series = try Files.list("\(archive)/\(version)").filter({ $0.utf8.count == 16 }).max(),
            let newest = try Files.list("\(archive)/\(version)/\(series)").filter({ !$0.hasSuffix(".tmp") }).max(),
            let high = UInt64(newest.dropFirst(8).prefix(8), radix: 16),
            let low = UInt64(newest.dropFirst(16).prefix(8), radix: 16)
        else { throw ParlorError(.programFailed, "there is nothing in the repository's archive") }
        return PostgresWALPosition(bytes: high << 32 + (low + 1) << 24)
    }
}
