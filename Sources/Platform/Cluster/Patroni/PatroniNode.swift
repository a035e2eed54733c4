package import Basics
package import Loop
package import Postgres
package import Processes

/// A node that this machine runs: Patroni, and PostgreSQL below it.
package struct PatroniNode: Sendable {
    /// How it is configured.
    package var configuration: PatroniConfiguration
    /// Patroni's programs.
    package var installation: PatroniInstallation

    /// A node.
    package init(_ configuration: PatroniConfiguration, _ installation: PatroniInstallation) {
        self.configuration = configuration
        self.installation = installation
    }

    /// The node itself.
    package var node: ClusterNode { configuration.node }

    private var file: String { "\(configuration.folders.files)/patroni.yml" }

    /// Makes the folders and writes the file.
    package func prepare() throws(ParlorError) {
        let folders = configuration.folders
        for folder in [folders.files, folders.socket] { try Files.makeFolder(folder) }
        try Files.writeAtomically(configuration.file, to: file)
    }

    /// Patroni.
    package var program: Program {
        var program = installation.program(
            file, home: configuration.folders.files, programs: configuration.programs,
            profile: configuration.settings.profile)
        // So that the primary can tell whose copy it sends.
        program.environment["PGAPPNAME"] = node.name
        return program
    }

    /// The last checkpoint of its server, which need not run; nil when nobody can tell.
    package func lastCheckpoint(on loop: EventLoop) async throws -> LastCheckpoint? {
        let program = Program(
            "\(configuration.programs)/pg_controldata", [configuration.folders.data],
            environment: ["LC_ALL": "C.UTF-8", "TZ": "UTC"])
        return LastCheckpoint(controlData: try await Child.runSuccessfully(program, within: .seconds(5), on: loop))
    }

    /// Connections as the superuser, through the socket that nobody else can reach.
    package func superuser(to database: String = "postgres") -> ConnectionOptions {
        ConnectionOptions(
            host: configuration.folders.socket, port: node.port, database: database, user: ClusterAccounts.superuser,
            password: configuration.accounts.superuser, applicationName: "parlor agent", connectTimeout: .seconds(5))
    }

    /// A node as a part of the system. A node that does not answer is Patroni's business: it follows its lease.
    package func declaration(after parts: [String]) -> PartDeclaration {
        PartDeclaration(
            node.name, kind: "database", port: node.port, after: parts, startLimit: .seconds(600),
            stopSteps: [.init(15, within: .seconds(60)), .init(3, within: .seconds(10))],
            isRestartedWhenUnresponsive: false)
    }
}
