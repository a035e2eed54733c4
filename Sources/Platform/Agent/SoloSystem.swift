import Backups
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
struct SoloSystem: SupervisedSystem {
    let plan: SystemPlan
    let state: StateFolder
    let installation: PostgresInstallation?
    let certificate: PrivateServer.Certificate?
    let migrations: MigrationFolder?
    let executable: String
    let logger: Logger
    let loop: EventLoop
    /// What looks after the backups; nil where the database is not Parlor's.
    var backups: BackupKeeper?

    private var configuration: Configuration { plan.configuration }

    func parts() throws(ParlorError) -> [SupervisedProgram] {
        guard let installation else { return try services(on: nil) }
        let server = try privateServer(installation)
        return try [database(server)] + services(on: server)
    }

    func run(beside supervisor: Supervisor) async {
        guard let server else { return }
        let options = server.superuser(to: configuration.database.name)
        let keeping = SchemaKeeping(options: { options }, logger: logger, loop: loop)
        await withDiscardingTaskGroup { group in
            group.addTask { await keeping.run() }
            group.addTask { await backups?.run() }
        }
    }

    func addRoutes(to router: inout HTTPRouter) { backups?.addRoutes(to: &router) }

    private var server: PrivateServer? { installation.flatMap { try? privateServer($0) } }

    /// The private PostgreSQL.
    func privateServer(_ installation: PostgresInstallation) throws(ParlorError) -> PrivateServer {
        let database = configuration.database
        let password = try state.secrets.secret("postgres_superuser")
        var server = PrivateServer(
            installation,
            ServerConfiguration(
                dataFolder: "\(state.postgres)/data", socketFolder: state.run, folder: state.postgres,
                host: database.host, port: database.port, isEncrypted: certificate != nil,
                settings: ServerSettings(
                    of: database, on: Machine.current(holding: state.postgres), .solo, in: installation,
                    isArchived: configuration.archivesLog)),
            passwordFile: state.secrets.path(of: "postgres_superuser"), password: password, certificate: certificate)
        server.configuration.archiveCommand = site.archiveCommand(of: "postgres")
        server.mark = Leftovers.mark(of: "postgres", in: state.path)
        return server
    }

    private var site: BackupSite { BackupSite(configuration, state) }

    /// What looks after the backups of the private PostgreSQL.
    func makeBackupKeeper(_ server: PrivateServer) -> BackupKeeper {
        BackupKeeper(
            site,
            .init(
                servers: { [server.backedUp] }, primary: { "postgres" }, hasReplica: { false },
                superuser: { server.superuser(to: $0) }, programs: server.installation.folder), logger: logger, on: loop
        )
    }

    private func database(_ server: PrivateServer) throws(ParlorError) -> SupervisedProgram {
        let (loop, site) = (self.loop, self.site)
        let probe = KeptConnection(server.superuser(), on: loop)
        return SupervisedProgram(
            server.declaration,
            prepare: {
                try site.prepare(server.backedUp)
                try await server.prepare(on: loop)
            },
            program: { server.program },
            probe: { _ = try await probe.check(within: .seconds(2)) },
            output: try state.log("postgres", configuration.log))
    }

    private func services(on server: PrivateServer?) throws(ParlorError) -> [SupervisedProgram] {
        var service = try ServicePart(
            plan, state: state, executable: executable, migrations: migrations, on: loop)
        // The certificate is the server's alone, and its files may be root's.
        service.configuration.database.ssl = .init()
        return try service.supervised(
            after: server == nil ? [] : ["postgres"],
            prepare: { [service] in
                guard let server, let setup = service.setup else { return }
                try await setup.apply(as: server.superuser, on: service.loop)
                try await service.deploy(as: server.superuser(to: setup.database))
            })
    }
}

extension PrivateServer {
    /// As pgBackRest is told of it.
    var backedUp: PgBackRestConfiguration.Server {
        .init(
            "postgres", data: configuration.dataFolder, socket: configuration.socketFolder, port: configuration.port)
    }
}
