import Basics
import Cluster
import Configuration
import HTTP
import Loop
import Migrations
import Postgres
import Processes
import State
import Telemetry

/// The parts of a system with a single database: the private PostgreSQL, where it is Parlor's, and the service.
struct SoloSystem {
    let plan: SystemPlan
    let state: StateFolder
    let installation: PostgresInstallation?
    let certificate: PrivateServer.Certificate?
    let migrations: MigrationFolder?
    let executable: String
    let loop: EventLoop

    private var configuration: Configuration { plan.configuration }

    /// Every part, with its output going to its log.
    func parts() throws(ParlorError) -> [SupervisedProgram] {
        guard let installation else { return [try service(on: nil)] }
        let server = try privateServer(installation)
        return [try database(server), try service(on: server)]
    }

    // MARK: - The database

    /// The superuser's way into the service's database; nil where the database is somebody else's.
    func administrator() throws(ParlorError) -> ConnectionOptions? {
        guard let installation else { return nil }
        return try privateServer(installation).superuser(to: configuration.database.name)
    }

    private func privateServer(_ installation: PostgresInstallation) throws(ParlorError) -> PrivateServer {
        let database = configuration.database
        let password = try state.secrets.secret("postgres_superuser")
        var server = PrivateServer(
            installation,
            ServerConfiguration(
                dataFolder: "\(state.postgres)/data", socketFolder: state.run, folder: state.postgres,
                host: database.host, port: database.port, isEncrypted: certificate != nil,
                settings: ServerSettings(
                    of: database, on: Machine.current(holding: state.postgres), .solo, in: installation)),
            passwordFile: state.secrets.path(of: "postgres_superuser"), password: password, certificate: certificate)
        server.mark = Leftovers.mark(of: "postgres", in: state.path)
        return server
    }

    private func database(_ server: PrivateServer) throws(ParlorError) -> SupervisedProgram {
        let loop = self.loop
        let probe = KeptConnection(server.superuser(), on: loop)
        return SupervisedProgram(
            server.declaration,
            prepare: { try await server.prepare(on: loop) },
            program: { server.program },
            probe: { _ = try await probe.check(within: .seconds(2)) },
            output: try log(of: "postgres"))
    }

    // MARK: - The service

    /// The password that the configuration brings, else the one that was generated for this role.
    private func servicePassword() throws(ParlorError) -> Secret? {
        guard configuration.database.managed else { return configuration.database.password }
        if let password = configuration.database.password { return password }
        return try state.secrets.secret("database_\(configuration.database.user)")
    }

    private func service(on server: PrivateServer?) throws(ParlorError) -> SupervisedProgram {
        let loop = self.loop
        var configuration = self.configuration
        configuration.database.password = try servicePassword()
        // The certificate is the server's alone, and its files may be root's.
        configuration.database.ssl = .init()
        let environment = configuration.environment().merging(["TZ": "UTC"]) { own, _ in own }
        let program = Program(
            executable, name: "parlor", ["serve"], environment: environment, folder: state.run, parentDeathSignal: 15)
        let setup = server.flatMap { server in
            configuration.database.password.map { password in
                (
                    server,
                    DatabaseSetup(
                        database: configuration.database.name, role: configuration.database.user, password: password,
                        schema: configuration.database.schema)
                )
            }
        }
        let address = SocketAddress.tcp(host: reachable(configuration.api.host), port: configuration.api.port)
        return SupervisedProgram(
            PartDeclaration(
                "service", kind: "service", port: configuration.api.port, after: server == nil ? [] : ["postgres"]),
            prepare: { [migrations] in
                guard let (server, setup) = setup else { return }
                try await setup.apply(to: server, on: loop)
                if let migrations { try await Self.deploy(migrations, to: server, setup, on: loop) }
            },
            program: { program },
            probe: { try await probe(address) },
            output: try log(of: "service"))
    }

    /// The service begins with the schema that it was written for. Tables belong to their own role, which no account is.
    private static func deploy(
        _ migrations: MigrationFolder, to server: PrivateServer, _ setup: DatabaseSetup, on loop: EventLoop
    ) async throws {
        var settings = MigrationSettings()
        settings.owner = SchemaFoundation.owner
        let migrator = Migrator(
            server.superuser(to: setup.database), schema: setup.schema, settings: settings, on: loop)
        _ = try await migrator.deploy(migrations)
    }

    /// Alive is enough here: whether the database answers is the database's own state.
    private func probe(_ address: SocketAddress) async throws {
        let response = try await HTTPClient(on: loop).get("/health/live", at: address, within: .seconds(2))
        guard response.status == .ok else {
            throw ParlorError(.unhealthy, "/health/live answered \(response.status.code)")
        }
    }

    /// Where to ask a server that listens everywhere.
    private func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host
        }
    }

    private func log(of part: String) throws(ParlorError) -> @Sendable (ArraySlice<UInt8>) -> Void {
        let log = configuration.log
        return try PartLog(path: state.log(of: part), limit: log.rotateAt, keep: log.keep).write
    }
}
