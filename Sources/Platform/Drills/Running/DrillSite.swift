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
            throw ParlorError(.cluster, "the system has no part \(name)", hint: "See \"./parlor status\".")
        }
        return part
    }

    // MARK: - Ways to the servers

    /// Through the socket of a node, as the superuser.
    func superuser(of node: ClusterStatus.Node) -> ConnectionOptions {
        socket(of: node, ClusterAccounts.superuser, superuser)
    }

    /// Through the socket of a node.
    func socket(of node: ClusterStatus.Node, _ role: String, _ password: Secret) -> ConnectionOptions {
        ConnectionOptions(
            host: "\(state.run)/\(node.name)", port: Self.port(of: node), database: database, user: role,
            password: password, applicationName: Self.name, connectTimeout: .seconds(5))
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

    /// The port in the address of a node, which is what its server says that it listens on.
    static func port(of node: ClusterStatus.Node) -> Int {
        node.address.split(separator: ":").last.flatMap { Int($0) } ?? 0
    }
}
