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

    /// Where the last checkpoint of a server that does not run stands in its log; nil when nobody can tell.
    package func lastCheckpoint(on loop: EventLoop) async throws -> Int? {
        let program = Program(
            "\(configuration.programs)/pg_controldata", [configuration.folders.data],
            environment: ["LC_ALL": "C.UTF-8", "TZ": "UTC"])
        let text = try await Child.runSuccessfully(program, within: .seconds(5), on: loop)
        let title = "Latest checkpoint location:"
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(title) }) else { return nil }
        return PostgresWALPosition(String(line.dropFirst(title.count).trimmingPrefix { $0 == " " })).map {
            Int($0.bytes)
        }
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
