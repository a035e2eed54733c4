package import Basics
import Glibc
package import Loop
package import Postgres
import Processes

/// A server on restored data, beside everything that lives: it archives nothing, listens on a socket that only its own
/// user can reach, and asks that user for no password, since those of the past may be forgotten.
///
/// Made by `start`, which returns when the log is replayed and it takes writes; ended by `stop`. It never outlives its
/// parent.
package struct ScratchServer: Sendable {
    /// Where it is and with which programs it runs.
    package struct Place: Sendable {
        /// The folder of PostgreSQL's programs.
        package var programs: String
        /// The folder that holds the data and what configures it.
        package var folder: String
        /// A folder for the socket, whose path must be short.
        package var socket: String
        /// The user that everything runs as.
        package var user: String
        /// What marks its processes.
        package var environment: [String: String]

        /// A place.
        package init(
            programs: String, folder: String, socket: String, user: String, environment: [String: String] = [:]
        ) {
            self.programs = programs
            self.folder = folder
            self.socket = socket
            self.user = user
            self.environment = environment
        }

        /// The data.
        package var data: String { "\(folder)/data" }
        /// What the server writes.
        package var log: String { "\(folder)/postgres.log" }
    }

    /// Where it is.
    package let place: Place
    private let child: Child

    private static let port = 5432
    private static let look = Duration.milliseconds(100)
    private static let stopLimit = Duration.seconds(120)

    // MARK: - Starting

    /// Starts a server on the data of a place and waits until it has replayed its log; hears meanwhile of when the last
    /// transaction was that it has replayed.
    ///
    /// `isLasting` is for data that somebody will live on: everything is written for sure.
    package static func start(
        _ place: Place, isLasting: Bool, within limit: Duration, on loop: EventLoop,
        progress: @escaping @Sendable (Timestamp) -> Void = { _ in }
    ) async throws -> ScratchServer {
        try Files.makeFolder(place.socket)
        try await configure(place, isLasting: isLasting, on: loop)
        let log = open(place.log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard log >= 0 else { throw ParlorError.systemCall("open", path: place.log, errno: errno) }
        defer { close(log) }
        let program = Program(
            "\(place.programs)/postgres", ["-D", place.data, "-c", "config_file=\(place.folder)/postgresql.conf"],
            environment: place.surroundings, folder: place.folder, parentDeathSignal: SIGINT)
        let child = try Child(starting: program, output: .descriptors(output: log, error: log), on: loop)
        let server = ScratchServer(place: place, child: child)
        do {
            try await server.awaitReplay(within: limit, on: loop, progress)
            return server
        } catch {
            // Unstructured because a cancelled task cannot wait for the end of the child.
            await Task(executorPreference: loop) { try? await server.stop(on: loop) }.value
            throw error
        }
    }

    /// What the data folder of a place says of itself.
    package static func controlData(_ place: Place, on loop: EventLoop) async throws -> ControlData {
        let program = Program(
            "\(place.programs)/pg_controldata", [place.data], environment: ["LC_ALL": "C.UTF-8", "TZ": "UTC"])
        return ControlData(try await Child.runSuccessfully(program, within: .seconds(10), on: loop))
    }

    private static func configure(_ place: Place, isLasting: Bool, on loop: EventLoop) async throws {
        let control = try await controlData(place, on: loop)
        let needed = control.settings.map { "\($0.name) = \($0.value)\n" }.joined()
        try Files.writeAtomically(
            """
            # Written by Parlor: a server on restored data.
            hba_file = \(quoted("\(place.folder)/pg_hba.conf"))
            ident_file = \(quoted("\(place.folder)/pg_ident.conf"))
            listen_addresses = ''
            port = \(port)
            unix_socket_directories = \(quoted(place.socket))
            unix_socket_permissions = 0700
            cluster_name = 'parlor-restored'
            archive_mode = off
            ssl = off
            hot_standby = on
            autovacuum = off
            shared_buffers = 128MB
            max_wal_size = 4GB
            timezone = UTC
            log_timezone = UTC
            fsync = \(isLasting ? "on" : "off")
            full_page_writes = \(isLasting ? "on" : "off")
            \(needed)
            """, to: "\(place.folder)/postgresql.conf")
        try Files.writeAtomically("local all all peer map=parlor\n", to: "\(place.folder)/pg_hba.conf")
        try Files.writeAtomically("parlor \(place.user) postgres\n", to: "\(place.folder)/pg_ident.conf")
    }

    private func awaitReplay(
        within limit: Duration, on loop: EventLoop, _ progress: @escaping @Sendable (Timestamp) -> Void
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while true {
            guard child.isRunning else { throw ScratchFailure(try Files.readText(place.log)).error }
            guard ContinuousClock.now < deadline else {
                throw ParlorError(
                    .timeout, "the log is not replayed yet", why: "it was waited for \(limit.brief)",
                    hint: "See how far it has come in \(place.log).")
            }
            if let (isReplaying, moment) = await replay(on: loop) {
                if let moment { progress(moment) }
                if !isReplaying { return }
            }
            try await loop.sleep(for: Self.look)
        }
    }

    private func replay(on loop: EventLoop) async -> (isReplaying: Bool, moment: Timestamp?)? {
        guard let session = try? await session(to: "postgres", on: loop) else { return nil }
        defer { session.close() }
        let row = try? await session.query(
            "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()", within: .seconds(5)
        ).only
        return try? row?.values(as: Bool.self, Timestamp?.self)
    }

    // MARK: - Using it

    /// A superuser's session.
    package func session(to database: String, on loop: EventLoop) async throws -> PostgresSession {
        try await PostgresSession.connect(options(to: database), on: loop)
    }

    /// A superuser's connections.
    package func options(to database: String) -> ConnectionOptions {
        ConnectionOptions(
            host: place.socket, port: Self.port, database: database, user: "postgres",
            applicationName: "parlor restore", connectTimeout: .seconds(5))
    }

    /// What one types to look at it.
    package func invocation(_ database: String) -> String { "psql -h \(place.socket) -U postgres \(database)" }

    /// Runs one of PostgreSQL's programs on it.
    package func run(
        _ name: String, _ arguments: [String], within limit: Duration, on loop: EventLoop
    ) async throws -> String {
        let access = ["PGHOST": place.socket, "PGPORT": "\(Self.port)", "PGUSER": "postgres"]
        let program = Program(
            "\(place.programs)/\(name)", arguments, environment: place.surroundings.merging(access) { $1 })
        return try await Child.runSuccessfully(program, within: limit, on: loop)
    }

    /// Waits until it ends by itself.
    package func awaitEnd() async throws { _ = try await child.exitStatus() }

    /// Ends it in order; by force when it takes too long.
    package func stop(on loop: EventLoop) async throws {
        child.signal(SIGINT)
        let timer = loop.schedule(after: Self.stopLimit) { child.signal(SIGQUIT) }
        defer { timer.cancel() }
        _ = try await child.exitStatus()
        try? Files.remove(place.socket)
    }
}

extension ScratchServer.Place {
    fileprivate var surroundings: [String: String] {
        environment.merging(
            ["PATH": "\(programs):/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": folder]
        ) { $1 }
    }
}

/// Single quotes as PostgreSQL's files have them.
private func quoted(_ text: String) -> String {
    "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "''"))'"
}
