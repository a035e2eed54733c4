package import Basics
package import Loop
package import Postgres
package import Processes

/// A PostgreSQL server that is Parlor's own: made, configured and started by it, in a folder of its own.
///
/// A first start that is killed half way leaves `data.partial`, which the next one removes; `data` appears complete or
/// not at all.
package struct PrivateServer: Sendable {
    /// The role that may do everything.
    package static let superuser = "postgres"
    private static let roomForNewServer = ByteCount.megabytes(200)

    /// The programs.
    package var installation: PostgresInstallation
    /// How it is configured.
    package var configuration: ServerConfiguration
    /// The file that holds the superuser's password.
    package var passwordFile: String
    /// The superuser's password.
    package var password: Secret
    /// The certificate and its key in PEM form; nil without encryption.
    package var certificate: Certificate?
    /// The variable by which what a killed first start leaves is found again.
    package var mark: [String: String] = [:]

    /// A certificate and its private key in PEM form.
    package struct Certificate: Sendable {
        /// The certificate.
        package var certificate: [UInt8]
        /// The key.
        package var key: [UInt8]

        /// Both.
        package init(certificate: [UInt8], key: [UInt8]) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// A server.
    package init(
        _ installation: PostgresInstallation, _ configuration: ServerConfiguration, passwordFile: String,
        password: Secret,
        certificate: Certificate?
    ) {
        self.installation = installation
        self.configuration = configuration
        self.passwordFile = passwordFile
        self.password = password
        self.certificate = certificate
    }

    /// The major version that wrote the data in a folder; nil when there is none.
    package static func dataVersion(in folder: String) throws(ParlorError) -> Int? {
        let file = "\(folder)/PG_VERSION"
        guard Files.exists(file) else { return nil }
        let text = try Files.readText(file)
        guard let version = Int(text.split(separator: "\n").first ?? "") else {
            throw ParlorError(
                .engineUnsupported, "\(file) does not hold a version",
                hint: "The data folder is damaged: restore it from a backup.")
        }
        return version
    }

    /// Connections as the superuser, through the socket.
    package func superuser(to database: String = "postgres") -> ConnectionOptions {
        ConnectionOptions(
            host: configuration.socketFolder, port: configuration.port, database: database, user: Self.superuser,
            password: password, applicationName: "parlor agent", connectTimeout: .seconds(5))
    }

    // MARK: - Starting

    /// Makes the data where there is none, and writes the files that configure the server.
    package func prepare(on loop: EventLoop) async throws {
        if try !hasData() { try await initialise(on: loop) }
        try configure()
    }

    private func hasData() throws -> Bool { try Self.dataVersion(in: configuration.dataFolder) != nil }

    private func configure() throws {
        try removeStaleLock()
        let folder = configuration.folder
        try Files.writeAtomically(configuration.settingsFile, to: "\(folder)/postgresql.conf")
        try Files.writeAtomically(configuration.accessFile, to: "\(folder)/pg_hba.conf")
        if let certificate {
            try Files.writeAtomically(certificate.certificate, to: "\(folder)/server.crt")
            try Files.writeAtomically(certificate.key, to: "\(folder)/server.key")
        }
    }

    private func initialise(on loop: EventLoop) async throws {
        let partial = "\(configuration.dataFolder).partial"
        try Files.remove(partial)
        let free = try Files.freeSpace(at: configuration.folder)
        guard free >= Self.roomForNewServer else {
            throw ParlorError(
                .diskFull, "there is no room for a new database",
                why: "\(free) are free, \(Self.roomForNewServer) are needed",
                hint: "Free some space on the file system that holds \(configuration.folder), then try again.")
        }
        let initdb = Program(
            installation.program("initdb"),
            [
                "--pgdata=\(partial)", "--username=\(Self.superuser)", "--pwfile=\(passwordFile)", "--data-checksums",
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
                "--no-sync",
            ], environment: environment.merging(mark) { $1 })
        try await Child.runSuccessfully(initdb, within: .seconds(120), on: loop)
        // Once for the whole file system, where initdb would do it for each of a thousand files.
        let sync = Program("/bin/sync", ["--file-system", partial], environment: mark)
        try await Child.runSuccessfully(sync, within: .seconds(120), on: loop)
        try Files.move(partial, to: configuration.dataFolder)
    }

    /// PostgreSQL refuses to start while the process that its lock names is alive, whatever that process is now: after
    /// a restart of
    /// the machine it may be anything. The lock is removed only when no process works in the data folder, as all of
    /// PostgreSQL's do.
    private func removeStaleLock() throws {
        let lock = "\(configuration.dataFolder)/postmaster.pid"
        guard Files.exists(lock), let pid = Int32(try Files.readText(lock).split(separator: "\n").first ?? "") else {
            return
        }
        guard ProcessTable.isAlive(pid), ProcessTable.processes(workingIn: configuration.dataFolder).isEmpty else {
            return
        }
        try Files.remove(lock)
    }

    private var environment: [String: String] {
        [
            "PATH": "\(installation.folder):/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "HOME": configuration.folder,
        ]
    }

    /// The server itself.
    package var program: Program {
        Program(
            installation.program("postgres"),
            ["-D", configuration.dataFolder, "-c", "config_file=\(configuration.folder)/postgresql.conf"],
            environment: environment, folder: configuration.folder, parentDeathSignal: Self.fastShutdown)
    }

    /// PostgreSQL's "fast" shutdown: sessions end, what is committed is written, nothing has to be recovered.
    private static let fastShutdown: Int32 = 2
    /// PostgreSQL's "immediate" shutdown: everything ends at once, and the next start recovers from the log.
    private static let immediateShutdown: Int32 = 3

    /// The server as a part of the system.
    package var declaration: PartDeclaration {
        PartDeclaration(
            "postgres", kind: "database", port: configuration.port, startLimit: .seconds(300),
            stopSteps: [
                .init(Self.fastShutdown, within: .seconds(30)), .init(Self.immediateShutdown, within: .seconds(10)),
            ],
            isRestartedWhenUnresponsive: false)
    }
}
