package import Backups
package import Basics
package import Configuration
import Cluster
import Glibc
import Processes
package import State

extension Configuration {
    /// Whether PostgreSQL's log goes to a repository.
    package var archivesLog: Bool { backupObstacle == nil }

    /// Why Parlor's own database has no backups; nil where it has, or is not Parlor's.
    package var missingBackups: String? { database.managed ? backupObstacle : nil }

    /// Why there are no backups; nil where there are.
    package var backupObstacle: String? {
        guard database.managed else { return "the database is not Parlor's" }
        guard backups.enabled else { return "backups.enabled is false" }
        guard hosts.all.count <= 1 || backups.s3.bucket != nil else {
            return "several hosts need a repository that all of them reach: set backups.s3.bucket"
        }
        return nil
    }
}

/// Where the backups of this machine go, and what the programs that make them are told.
package struct BackupSite: Sendable {
    /// What is configured.
    package let configuration: Configuration
    private let state: StateFolder
    /// The secret that the repositories are encrypted with.
    static let keyName = "backup_repository"
    /// How long a server waits for a file to arrive before it tries again: no longer, because it stops only after that.
    private static let archiveWait = 10

    /// The site of a state folder.
    package init(_ configuration: Configuration, _ state: StateFolder) {
        self.configuration = configuration
        self.state = state
    }

    /// The folder of what is Parlor's own about backups.
    package var folder: String { "\(state.path)/backups" }
    /// What became of every run.
    package var historyFile: String { "\(folder)/history.jsonl" }
    /// The folder of reports of drills.
    package var reports: String { "\(folder)/drills" }
    /// The folder of a restored server's socket: one for each process that restores.
    var socketFolder: String { "\(state.run)/restored-\(getpid())" }
    /// The folder below which dumps stand.
    package var dumps: String { "\(folder)/portable" }
    /// The folder below which scratch copies are restored.
    package var scratch: String { "\(state.path)/restored" }

    /// The repositories; none where there are no backups. A machine has a single key for all of them.
    package func repositories() throws(ParlorError) -> [BackupRepository] {
        guard configuration.archivesLog else { return [] }
        let backups = configuration.backups
        let key: Secret
        if let own = backups.key { key = own } else { key = try state.secrets.secret(Self.keyName) }
        var repositories: [BackupRepository] = []
        if backups.local, configuration.hosts.all.count <= 1 {
            repositories.append(.init(.folder(backups.folder ?? "\(folder)/repository"), key: key))
        }
        let s3 = backups.s3
        if let bucket = s3.bucket, let accessKey = s3.accessKey, let secretKey = s3.secretKey {
            repositories.append(
                .init(
                    .s3(
                        .init(
                            bucket: bucket, endpoint: s3.endpoint, port: s3.port, region: s3.region, prefix: s3.prefix,
                            accessKey: accessKey, secretKey: secretKey, isInPath: s3.addressing == .path,
                            authority: s3.authority)), key: key))
        }
        return repositories
    }

    /// How many processes work at a time.
    private var processes: Int { configuration.backups.processes ?? Machine.current(holding: state.path).cores }

    /// What of these backups stays, and why.
    package func retention(of backups: [BackupRecord]) -> RetentionPlan {
        RetentionPlan(of: backups, policy: RetentionPolicy(configuration.backups), now: .now())
    }

    // MARK: - A server's own part

    private func file(of server: String) -> String { "\(folder)/\(server).conf" }

    /// What takes a file of the log to the repositories; nil where there are no backups.
    package func archiveCommand(of server: String) -> String? {
        configuration.archivesLog ? PgBackRest.archiveCommand(file(of: server)) : nil
    }

    /// Writes what the archive command of a server reads.
    package func prepare(_ server: PgBackRestConfiguration.Server) throws(ParlorError) {
        let repositories = try repositories()
        guard !repositories.isEmpty else { return }
        var settings = PgBackRestConfiguration(
            repositories, servers: [server], folder: folder, processes: min(2, processes))
        settings.archiveWait = Self.archiveWait
        try BackupEngine(settings, file: file(of: server.name)).prepare()
    }

    // MARK: - Engines

    /// What makes and reads backups of these servers.
    package func engine(
        _ servers: [PgBackRestConfiguration.Server], readsReplica: Bool = false, named name: String = "backups"
    ) throws(ParlorError) -> BackupEngine {
        var settings = PgBackRestConfiguration(
            try repositories(), servers: servers, folder: folder, processes: processes)
        settings.readsReplica = readsReplica
        var environment = Leftovers.mark(of: "backups", in: state.path)
        if let password = try state.secrets.existing("postgres_superuser") {
            environment["PGPASSWORD"] = password.reveal()
        }
        return try BackupEngine(settings, file: file(of: name), environment: environment)
    }
}
