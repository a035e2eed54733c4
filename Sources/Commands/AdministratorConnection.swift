import Agent
import Basics
import Cluster
import Configuration
import Loop
import Postgres
import Processes
import State
import Store

extension Workplace {
    /// How to connect to the configured database with the rights to change its schema: to the private server as its
    /// superuser, on this host through the socket that nobody else can reach; to another one as the configuration says.
    func administratorConnection(on loop: EventLoop) async throws -> ConnectionOptions {
        let database = configuration.database
        guard database.managed else { return ConnectionOptions(database) }
        let notRunning = ParlorError(
            .notRunning, "the private database does not run",
            hint: "Start it with \"./parlor up\", or name another database with DATABASE_URL.")
        guard let state = try enterStateFolder(), let password = try state.secrets.existing("postgres_superuser") else {
            throw notRunning
        }
        let agent = AgentClient(state, on: loop)
        guard let status = try await agent.status() else { throw notRunning }
        var options: ConnectionOptions
        if let single = status.parts.first(where: { $0.name == "postgres" })?.port {
            options = ConnectionOptions(
                host: state.run, port: single, database: database.name, user: PrivateServer.superuser,
                password: password)
        } else {
            options = NodeAccess(state).options(
                to: try await primary(agent), database: database.name, user: PrivateServer.superuser,
                password: password)
        }
        options.connectTimeout = database.connectionTimeout
        return options
    }

    private func primary(_ agent: AgentClient) async throws -> ClusterStatus.Node {
        let cluster = try await agent.cluster()
        if let leader = cluster?.nodes.first(where: { $0.name == cluster?.leader }) { return leader }
        throw ParlorError(
            .cluster, "nobody leads the cluster, so there is no database to write to",
            hint: "See what the nodes say with \"./parlor cluster status\".")
    }
}
