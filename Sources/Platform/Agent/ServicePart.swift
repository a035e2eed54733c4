import Basics
import Cluster
import Configuration
import HTTP
import Loop
import Migrations
import Postgres
import Processes
import State

/// The booking service as a part of a system, and what its database must hold before it starts.
struct ServicePart: Sendable {
    /// With the ports and the password that are really used.
    var configuration: Configuration
    let state: StateFolder
    let executable: String
    let migrations: MigrationFolder?
    let loop: EventLoop

    /// The part. `prepare` makes what its database lacks.
    func supervised(
        after parts: [String], prepare: @escaping @Sendable () async throws -> Void,
        output: @escaping @Sendable (ArraySlice<UInt8>) -> Void
    ) -> SupervisedProgram {
        let environment = configuration.environment().merging(["TZ": "UTC"]) { own, _ in own }
        let program = Program(
            executable, name: "parlor", ["serve"], environment: environment, folder: state.run, parentDeathSignal: 15)
        let address = SocketAddress.tcp(host: HostName.reachable(configuration.api.host), port: configuration.api.port)
        return SupervisedProgram(
            PartDeclaration("service", kind: "service", port: configuration.api.port, after: parts),
            prepare: prepare, program: { program }, probe: { try await probe(address) }, output: output)
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
    }

    /// Alive is enough here: whether the database answers is the database's own state.
    private func probe(_ address: SocketAddress) async throws {
        let response = try await HTTPClient(on: loop).get("/health/live", at: address, within: .seconds(2))
        guard response.status == .ok else {
            throw ParlorError(.unhealthy, "/health/live answered \(response.status.code)")
        }
    }
}
