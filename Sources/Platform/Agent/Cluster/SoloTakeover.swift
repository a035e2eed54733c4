import Basics
import Cluster
import Glibc
import Loop
import Postgres
import Processes
import State

/// Makes the first node of a cluster of the data of a single database.
///
/// Patroni takes data over only where the replicas' account can sign in already, so the server is started once more as
/// it was, reachable through its socket alone, to make the accounts. Killed anywhere, it begins again at the next start;
/// the data moves last, at once.
struct SoloTakeover {
    let places: ClusterPlaces
    let accounts: ClusterAccounts
    let loop: EventLoop
    private static let startLimit = Duration.seconds(300)
    private static let stopLimit = Duration.seconds(60)
    private static let pause = Duration.milliseconds(50)

    /// Does it where there is such data; `server` is the single database's.
    func run(_ server: PrivateServer) async throws {
        guard Files.exists("\(places.soloData)/PG_VERSION") else { return }
        guard !places.hasData("node1") else {
            throw ParlorError(
                .stateFolder, "there are two databases in \(places.state.postgres): data and node1",
                why: "one is from a start with --solo, the other of the cluster's first node",
                hint: "Move the one that is not wanted out of that folder.")
        }
        try await server.prepare(on: loop)
        var program = server.program
        program.arguments += ["-c", "listen_addresses="]
        program.environment.merge(server.mark) { $1 }
        let child = try Child(starting: program, on: loop)
        do {
            try await makeAccounts(server, child)
            try await stop(child)
        } catch {
            // Unstructured because a cancelled task cannot wait for the end of the child.
            await Task(executorPreference: loop) { try? await stop(child) }.value
            throw error
        }
        try places.takeSoloData()
    }

    private func makeAccounts(_ server: PrivateServer, _ child: Child) async throws {
        let session = try await connect(server, child)
        defer { session.close() }
        try await accounts.apply(on: session, server.superuser(), loop)
        try await session.execute("CHECKPOINT")
    }

    private func connect(_ server: PrivateServer, _ child: Child) async throws -> PostgresSession {
        let end = ContinuousClock.now + Self.startLimit
        while true {
            do { return try await PostgresSession.connect(server.superuser(), on: loop) } catch {
                guard child.isRunning, ContinuousClock.now < end else {
                    throw ParlorError(
                        .startFailed, "the single database cannot be started, so the cluster cannot take it over",
                        why: ParlorError(describing: error).summary,
                        hint: "Start it with \"./parlor up --solo\", see that it is well, and stop it in order.")
                }
            }
            try await loop.sleep(for: Self.pause)
        }
    }

    private func stop(_ child: Child) async throws {
        child.signal(SIGINT)
        let timer = loop.schedule(after: Self.stopLimit) { child.signal(SIGQUIT) }
        defer { timer.cancel() }
        _ = try await child.exitStatus()
    }
}
