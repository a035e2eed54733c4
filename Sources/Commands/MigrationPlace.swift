import Basics
import Configuration
import Loop
import Migrations
import Postgres

/// What the commands below `migrate` begin with: the folder, and the database that it is for.
struct MigrationPlace {
    let folder: MigrationFolder
    private let options: ConnectionOptions
    private let schema: String
    private let owner: String?
    private let invocation: Invocation

    /// Reads the folder, or makes it where it may be new, and finds out where the database is; nothing is connected yet.
    init(_ invocation: Invocation, makingFolder: Bool = false) async throws {
        self.invocation = invocation
        let workplace = try Workplace(invocation)
        let database = workplace.configuration.database
        schema = database.schema
        let path =
            invocation.command.value(of: .migrations) ?? workplace.migrationsPath
        if makingFolder, !Files.exists(path) { try Files.makeFolder(path, mode: 0o755) }
        folder = try MigrationFolder(reading: path)
        owner = database.managed ? SchemaFoundation.owner : nil
        options = try await workplace.administratorConnection(on: invocation.loop)
    }

    /// A migrator as the options of the command line want it.
    func migrator(_ report: @escaping @Sendable (MigrationEvent) -> Void = { _ in }) -> Migrator {
        let command = invocation.command
        var settings = MigrationSettings()
        settings.owner = owner
        if let limit = command.duration(of: .lockTimeout) { settings.lockTimeout = limit }
        if let limit = command.duration(of: .lockBudget) { settings.lockBudget = limit }
        if let limit = command.duration(of: .deploymentWait) { settings.deploymentWait = limit }
        if let limit = command.duration(of: .lagWait) { settings.lagWait = limit }
        if let limit = command.bytes(of: .lagMax) { settings.lagMax = limit }
        return Migrator(options, schema: schema, settings: settings, on: invocation.loop, report: report)
    }
}

extension OptionDeclaration {
    /// Another folder.
    static let migrations = value(
        "migrations", ValueDeclaration("<folder>"), "Take the migrations from this folder")

    /// How long one statement waits for a lock.
    static let lockTimeout = value(
        "lock-timeout", ValueDeclaration("<time>", .duration, standard: "2s"),
        "Let a statement, and all who queue behind it, wait so long for a lock")

    /// How long a migration tries to get its locks.
    static let lockBudget = value(
        "lock-budget", ValueDeclaration("<time>", .duration, standard: "2min"),
        "Try again for so long when a lock cannot be had")

    /// How long another deployment is waited for.
    static let deploymentWait = value(
        "wait", ValueDeclaration("<time>", .duration, standard: "10s"), "Wait so long for another deployment")

    /// How far a replica may be behind.
    static let lagMax = value(
        "max-lag", ValueDeclaration("<size>", .bytes, standard: "100MB"),
        "Pause while a replica is further behind")

    /// How long replicas are waited for.
    static let lagWait = value(
        "lag-wait", ValueDeclaration("<time>", .duration, standard: "10min"), "Wait so long for replicas")
}

extension ErrorCode {
    /// Why a command cannot reach the database that it is to migrate, or what is in its way there.
    static let migrationFailures: [ErrorCode] =
        stateFailures + [.notRunning, .timeout, .connection, .database, .file, .malformed, .migration]
}
