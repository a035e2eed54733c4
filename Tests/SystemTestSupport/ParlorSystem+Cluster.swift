package import Agent
package import Basics
import Cluster
import JSONText
import Loop
package import Postgres
import Processes

/// A system that is a cluster.
extension ParlorSystem {
    /// What every cluster of the tests is told: a share of the memory that three servers can live on.
    package static let ofCluster = ["PARLOR_DATABASE_MEMORY": "768MB"]

    /// The database of the service.
    package static let database = "whatsapp_saas"

    /// The cluster as it stands.
    package func cluster() async throws -> ClusterStatus {
        try ClusterStatus(json: try await succeed("cluster", "status", "--json").json)
    }

    /// Asks for the cluster again and again until it satisfies `condition`.
    @discardableResult
    package func cluster(
        within limit: Duration = .seconds(180), until condition: (ClusterStatus) -> Bool
    ) async throws -> ClusterStatus {
        let deadline = ContinuousClock.now + limit
        while true {
            let cluster = try await cluster()
            if condition(cluster) { return cluster }
            guard .now < deadline else { throw Failure("the cluster stays as it is: \(cluster.json.compact)") }
            // The looks must not take the processor from what they wait for.
            try await loop.sleep(for: .milliseconds(100))
        }
    }

    /// Waits until somebody leads, every replica follows, and one of them is synchronous; says who leads.
    @discardableResult
    package func whole(within limit: Duration = .seconds(180)) async throws -> String {
        let cluster = try await cluster(within: limit) { $0.isWhole }
        guard let leader = cluster.leader else { throw Failure("nobody leads") }
        return leader
    }

    // MARK: - Its processes

    /// The folder of a node's data.
    package func data(of node: String) -> String { "\(state)/postgres/\(node)/data" }

    /// The process of a node's PostgreSQL that all others descend from.
    package func postmaster(of node: String) throws -> Int32 {
        let text = try Files.readText("\(data(of: node))/postmaster.pid")
        guard let pid = text.split(separator: "\n").first.flatMap({ Int32($0) }) else {
            throw Failure("PostgreSQL of \(node) does not run")
        }
        return pid
    }

    /// Every process of a node: Patroni's and PostgreSQL's.
    package func processes(of node: String) -> [Int32] {
        ProcessReading.processes(of: state, part: node, workingIn: data(of: node))
    }

    // MARK: - Connections

    /// The superuser's way to a node, through the socket that nobody else can reach.
    package func superuser(of node: String, to database: String = database) throws -> ConnectionOptions {
        ConnectionOptions(
            host: "\(state)/run/\(node)", port: try port("DATABASE"), database: database,
            user: "postgres", password: Secret(try secret("postgres_superuser")), applicationName: "parlor tests",
            connectTimeout: .seconds(5))
    }

    /// The way of an application's role through the pooler.
    package func pooled(_ role: String, _ password: Secret, to database: String = database) throws -> ConnectionOptions
    {
        ConnectionOptions(
            host: "127.0.0.1", port: try port("POOLER"), database: database, user: role, password: password,
            sslMode: .verifyFull, applicationName: "parlor tests", connectTimeout: .seconds(5),
            parameters: ["sslrootcert": "\(state)/certificates/current/ca.crt"])
    }

    /// The port that it was told by `PARLOR_<name>_PORT`.
    package func port(_ name: String) throws -> Int {
        guard let port = environment["PARLOR_\(name)_PORT"].flatMap({ Int($0) }) else {
            throw Failure("the system was told no PARLOR_\(name)_PORT")
        }
        return port
    }
}

extension ClusterStatus {
    /// Whether there is all that a failover needs: everybody well, and one replica that has everything.
    package var isWhole: Bool {
        isWell && (durability == "asynchronous" || nodes.count < 2 || nodes.contains { $0.role == .synchronous })
    }
}
