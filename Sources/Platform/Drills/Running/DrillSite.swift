package import Agent
package import Basics
import Cluster
package import Loop
import Postgres
import Processes
package import State

/// The cluster of this machine, as a drill reaches it: through its agent, the pooler, and the sockets of its nodes.
package struct DrillSite: Sendable {
    /// The folder of everything that may be touched.
    package let state: StateFolder
    /// Who is asked how the cluster stands.
    package let agent: AgentClient
    /// The loop that everything runs on.
    package let loop: EventLoop
    private let database: String
    private let poolerHost: String
    private let superuser: Secret

    /// The site of a state folder whose pooler is reached at a host.
    package init(_ state: StateFolder, database: String, poolerHost: String, on loop: EventLoop) throws(ParlorError) {
        guard let superuser = try state.secrets.existing("postgres_superuser") else { throw Self.nothingRuns }
        self.state = state
        self.database = database
        self.poolerHost = poolerHost
        self.superuser = superuser
        self.loop = loop
        agent = AgentClient(state, on: loop)
    }

    private static var nothingRuns: ParlorError {
        ParlorError(.notRunning, "nothing runs", hint: "Start it with \"./parlor up\".")
    }

    /// How the cluster stands now.
    package func status() async throws -> ClusterStatus {
        guard let status = try await agent.cluster() else { throw Self.nothingRuns }
        return status
    }

    /// A part of the system.
    func part(_ name: String) async throws -> PartStatus {
        guard let status = try await agent.status() else { throw Self.nothingRuns }
        guard let part = status.parts.first(where: { $0.name == name }) else {
            throw ParlorError(
                .cluster, "\(name) does not run on this host", why: "a drill touches nothing of other hosts",
                hint: "Run it where \(name) is, or make a node of this host lead with \"./parlor cluster switchover\".")
        }
        return part
    }

    // MARK: - Ways to the servers

    /// As the superuser.
    func superuser(of node: ClusterStatus.Node) -> ConnectionOptions {
        direct(to: node, ClusterAccounts.superuser, superuser)
    }

    /// To a node past the pooler.
    func direct(to node: ClusterStatus.Node, _ role: String, _ password: Secret) -> ConnectionOptions {
        var options = NodeAccess(state).options(to: node, database: database, user: role, password: password)
        (options.applicationName, options.connectTimeout) = (Self.name, .seconds(5))
        return options
    }

    /// The way of every application: through the pooler, whose certificate is verified.
    func pooler(_ role: String, _ password: Secret) async throws -> ConnectionOptions {
        guard let port = try await part("pooler").port else {
            throw ParlorError(.cluster, "the pooler does not listen", hint: "See \"./parlor status\".")
        }
        return ConnectionOptions(
            host: poolerHost, port: port, database: database, user: role, password: password, sslMode: .verifyFull,
            applicationName: Self.name, connectTimeout: .seconds(30),
            parameters: ["sslrootcert": "\(state.path)/certificates/current/ca.crt"])
    }

    private static let name = "parlor drill"
}
