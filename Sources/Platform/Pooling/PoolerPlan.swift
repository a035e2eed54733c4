package import Basics

/// How many connections there may be where: decided from the machine, the clients and what PostgreSQL allows.
///
/// Invariant: what both processes may open on one server, the direct connections and the superuser's reserve together
/// never exceed the server's `max_connections`, also when the read pool falls back to the leader.
package struct PoolerPlan: Equatable, Sendable {
    /// A number, and why it is that one.
    package struct Figure: Equatable, Sendable {
        /// The number.
        package var value: Int
        /// Why, for people: a lower-case fact.
        package var reason: String
    }

    /// What the plan is made from.
    package struct Needs: Equatable, Sendable {
        /// The processor cores of the database's machine.
        package var cores: Int
        /// How many clients are to be served at a time.
        package var clients: Int
        /// The server's `max_connections`.
        package var serverConnections: Int
        /// The server's `superuser_reserved_connections`.
        package var superuserReserve: Int
        /// What connects past the pooler: the service's own pool, the agent, the monitoring.
        package var direct: Int
        /// How many databases share the connections.
        package var databases: Int

        /// Needs; 1,000 clients unless told otherwise.
        package init(
            cores: Int, clients: Int = 1000, serverConnections: Int, superuserReserve: Int = 3, direct: Int = 20,
            databases: Int = 1
        ) {
            self.cores = cores
            self.clients = clients
            self.serverConnections = serverConnections
            self.superuserReserve = superuserReserve
            self.direct = direct
            self.databases = databases
        }
    }

    /// Server connections of each database for transactions.
    package var transactions: Figure
    /// Server connections of each database for reads, on one server.
    package var reads: Figure
    /// Server connections of each database for sessions.
    package var sessions: Figure
    /// How many clients the transaction process lets in.
    package var clientsMax: Figure
    /// How many clients the session process lets in.
    package var sessionClientsMax: Figure
    /// How many descriptors the transaction process may need.
    package var descriptors: Figure

    /// Decides; throws when the server allows too few connections.
    package init(_ needs: Needs) throws(ParlorError) {
        let databases = max(1, needs.databases)
        let free = needs.serverConnections - needs.superuserReserve - needs.direct
        let share = free / databases
        guard share >= 4 else {
            throw ParlorError(
                .configuration, "PostgreSQL allows too few connections for the pooler",
                why: "\(needs.serverConnections) less \(needs.superuserReserve) for superusers and \(needs.direct) "
                    + "direct ones leave \(max(0, share)) for each database, and it takes 4",
                hint: "Raise max_connections to \(needs.superuserReserve + needs.direct + 40 * databases) or more.")
        }
        let budget = "\(share) of \(needs.serverConnections) connections are free for each database"
        let sessionCount = max(1, min(20, share / 5))
        let readCount = max(1, min(needs.cores * 4 + 8, needs.clients, (share - sessionCount) / 3))
        let wanted = min(needs.cores * 8 + 24, needs.clients)
        let writeCount = max(1, min(wanted, share - sessionCount - readCount))
        transactions = Figure(
            value: writeCount,
            reason: writeCount == wanted
                ? "8 per core and 24 more, so that commits gather while others wait for the disk"
                : "what sessions and reads leave: \(budget)")
        reads = Figure(
            value: readCount,
            reason: "4 per core and 8 more, at most a third of the rest, because reads may fall back to the leader")
        sessions = Figure(
            value: sessionCount, reason: "a fifth, at most 20: each LISTEN or migration keeps one; \(budget)")
        let clients = max(2000, needs.clients * 2)
        clientsMax = Figure(
            value: clients, reason: "twice the \(needs.clients) clients, so that all may reconnect before the old go")
        sessionClientsMax = Figure(
            value: sessionCount * databases + 20, reason: "one for each connection, and 20 that wait for their turn")
        let servers = (writeCount * 2 + readCount * 2) * databases
        descriptors = Figure(
            value: clients + servers + 100,
            reason: "one for each client, two for each of \(servers / 2) server connections while they are replaced, "
                + "and 100 for cancel requests, the console and files")
    }
}

extension PoolerPlan {
    /// The most connections that both processes may hold on one server.
    package func connectionsMax(databases: Int) -> Int {
        (transactions.value + reads.value + sessions.value) * databases
    }
}
