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
    /// superuser, through the socket that nobody else can reach; to another one as the configuration says.
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
        let (folder, port): (String, Int)
        if let single = status.parts.first(where: { $0.name == "postgres" })?.port {
            (folder, port) = (state.run, single)
        } else {
            (folder, port) = try await primary(status, agent, state)
        }
        return ConnectionOptions(
            host: folder, port: port, database: database.name, user: PrivateServer.superuser, password: password,
            connectTimeout: database.connectionTimeout)
    }

    /// Where the primary of a cluster is reached by whoever may do everything.
    private func primary(
        _ status: SystemStatus, _ agent: AgentClient, _ state: StateFolder
    ) async throws -> (folder: String, port: Int) {
        let leader = try await agent.cluster()?.leader
        guard let leader, let port = status.parts.first(where: { $0.name == leader })?.port else {
            throw ParlorError(
                .cluster, "nobody leads the cluster, so there is no database to write to",
                hint: "See what the nodes say with \"./parlor cluster status\".")
        }
        return ("\(state.run)/\(leader)", port)
    }
}
