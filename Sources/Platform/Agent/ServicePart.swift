import Basics
import Cluster
import Configuration
import HTTP
import Loop
import Migrations
import Postgres
import Processes
import Seed
import State

/// The booking service as a part of a system, and what its database must hold before it starts. In a demo a simulated
/// WhatsApp stands beside it.
struct ServicePart: Sendable {
    /// With the ports and the secrets that are really used.
    var configuration: Configuration
    private let simulatorPort: Int?
    private let state: StateFolder
    private let executable: String
    private let migrations: MigrationFolder?
    let loop: EventLoop

    /// The service of a plan.
    init(
        _ plan: SystemPlan, state: StateFolder, executable: String, migrations: MigrationFolder?, on loop: EventLoop
    ) throws(ParlorError) {
        configuration = plan.configuration
        configuration.database.password = try Self.password(configuration, state)
        configuration.sealing.keys = try Self.sealing(configuration, state)
        simulatorPort = plan.simulatorPort
        if simulatorPort != nil { configuration.whatsApp.appSecret = try state.secrets.secret("demo_whatsapp") }
        self.state = state
        self.executable = executable
        self.migrations = migrations
        self.loop = loop
    }

    /// The parts. `prepare` makes what their database lacks.
    func supervised(
        after parts: [String], prepare: @escaping @Sendable () async throws -> Void
    ) throws(ParlorError) -> [SupervisedProgram] {
        let log = configuration.log
        let address = SocketAddress.tcp(host: HostName.reachable(configuration.api.host), port: configuration.api.port)
        let program = program(["serve"])
        let service = SupervisedProgram(
            PartDeclaration("service", kind: "service", port: configuration.api.port, after: parts),
            prepare: prepare, program: { program }, probe: { try await probe(address, "/health/live") },
            output: try state.log("service", log))
        guard let simulatorPort else { return [service] }
        let simulator = self.program(Self.simulation(simulatorPort))
        let place = SocketAddress.tcp(host: ClusterLayout.alone, port: simulatorPort)
        return [
            service,
            SupervisedProgram(
                PartDeclaration("whatsapp", kind: "simulator", port: simulatorPort, after: ["service"]),
                program: { simulator }, probe: { try await probe(place, "/health/live") },
                output: try state.log("whatsapp", log)),
        ]
    }

    private func program(_ arguments: [String]) -> Program {
        Program(
            executable, name: "parlor", arguments,
            environment: configuration.environment().merging(["TZ": "UTC"]) { own, _ in own }, folder: state.run,
            parentDeathSignal: 15)
    }

    /// A customer in ten seconds, for ever; few enough that one can follow what they say.
    private static func simulation(_ port: Int) -> [String] {
        [
            "simulate", "--seeded", "--endless", "--transcript", "--graph-port", "\(port)", "--rate", "0.1", "--faults",
            "5",
        ]
    }

    /// The password that the configuration brings, else the one that was generated for this role.
    static func password(_ configuration: Configuration, _ state: StateFolder) throws(ParlorError) -> Secret? {
        guard configuration.database.managed else { return configuration.database.password }
        if let password = configuration.database.password { return password }
        return try state.secrets.secret("database_\(configuration.database.user)")
    }

    /// The key of sealed fields as the state folder keeps it.
    static let sealingName = "sealing_1"

    /// The keys of sealed fields that the configuration brings, else one that was generated. Without it what is sealed
    /// cannot be read any more, so it has to be kept as the passwords are.
    static func sealing(
        _ configuration: Configuration, _ state: StateFolder
    ) throws(ParlorError) -> SealingSecrets? {
        if let keys = configuration.sealing.keys { return keys }
        return SealingSecrets("1=\(try state.secrets.secret(sealingName).reveal())")
    }

    /// The role, the database and its schema as the service needs them; nil where the service has no password.
    var setup: DatabaseSetup? {
        configuration.database.password.map { password in
            DatabaseSetup(
                database: configuration.database.name, role: configuration.database.user, password: password,
                schema: configuration.database.schema)
        }
    }

    /// The service begins with the schema that it was written for. Tables belong to their own role, which no account is.
    func deploy(as superuser: ConnectionOptions) async throws {
        guard let migrations else { return }
        var settings = MigrationSettings()
        settings.owner = SchemaFoundation.owner
        let migrator = Migrator(superuser, schema: configuration.database.schema, settings: settings, on: loop)
        _ = try await migrator.deploy(migrations)
        if simulatorPort != nil { try await seed(as: superuser) }
    }

    /// Salons to look around in. Those of an earlier day stay as they are.
    private func seed(as superuser: ConnectionOptions) async throws {
        let seeder = Seeder(superuser, schema: configuration.database.schema, on: loop)
        do {
            _ = try await seeder.seed(SeedRequest(number: 1, size: .demo, until: .now()), keepsOther: true)
        } catch let error as ParlorError where error.code == .notConfirmed {
            throw ParlorError(
                .usage, "--demo wants a database without salons of your own", why: error.why,
                hint: "Give the demo a state folder of its own: PARLOR_STATE=/tmp/parlor-demo ./parlor up --demo")
        }
    }

    /// Alive is enough here: whether the database answers is the database's own state.
    private func probe(_ address: SocketAddress, _ path: String) async throws {
        let response = try await HTTPClient(on: loop).get(path, at: address, within: .seconds(2))
        guard response.status == .ok else {
            throw ParlorError(.unhealthy, "\(path) answered \(response.status.code)")
        }
    }
}
