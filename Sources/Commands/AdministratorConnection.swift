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
        let state = try enterStateFolder()
        let status: SystemStatus?
        if let state { status = try await AgentClient(state, on: loop).status() } else { status = nil }
        guard let state, let port = status?.parts.first(where: { $0.name == "postgres" })?.port,
            let password = try state.secrets.existing("postgres_superuser")
        else {
            throw ParlorError(
                .notRunning, "the private database does not run",
                hint: "Start it with \"./parlor up\", or name another database with DATABASE_URL.")
        }
        return ConnectionOptions(
            host: state.run, port: port, database: database.name, user: PrivateServer.superuser, password: password,
            connectTimeout: database.connectionTimeout)
    }
}
