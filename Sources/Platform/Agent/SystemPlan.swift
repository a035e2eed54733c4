package import Basics
import Cluster
package import Configuration

/// What `up` will bring up: decided from the configuration and from which ports are free, before anything is touched.
package struct SystemPlan: Equatable, Sendable {
    /// A port as it was wanted and as it is.
    package struct Port: Equatable, Sendable {
        /// Who listens there, for people.
        package var owner: String
        /// The address.
        package var host: String
        /// What the configuration says.
        package var wanted: Int
        /// The first free one from there on.
        package var given: Int

        /// What people are told about a port that moved; nil for one that did not.
        package var notice: String? {
            wanted == given ? nil : "port \(wanted) is taken, so \(owner) listens on \(given)"
        }
    }

    /// How much is brought up.
    package enum Shape: String, Sendable, CaseIterable {
        /// A single database and the service.
        case solo
        /// A primary and replicas with all that keeps one of them writable.
        case cluster
    }

    /// The configuration with the ports that are really used.
    package var configuration: Configuration
    /// Where the parts of a cluster are; nil for a single database, or one that is somebody else's.
    package var cluster: ClusterLayout?
    /// The ports in the order in which they were chosen.
    package var ports: [Port] = []
    /// Where WhatsApp is simulated, for salons that were seeded to look around in; nil where WhatsApp is WhatsApp.
    package var simulatorPort: Int?

    private static let neighbours = 100

    /// Decides. `isFree` says whether an address can be listened on, and throws when no port there can.
    package init(
        _ configuration: Configuration, _ shape: Shape = .solo, isDemo: Bool = false,
        isFree: (_ host: String, _ port: Int) throws(ParlorError) -> Bool
    ) throws(ParlorError) {
        var configuration = configuration
        var ports: [Port] = []
        func choose(_ owner: String, _ host: String, _ wanted: Int) throws(ParlorError) -> Int {
            let last = min(65_535, wanted + Self.neighbours)
            do throws(ParlorError) {
                for port in wanted...last {
                    let isGiven = ports.contains { $0.given == port && HostName.overlap($0.host, host) }
                    guard !isGiven, try isFree(host, port) else { continue }
                    ports.append(Port(owner: owner, host: host, wanted: wanted, given: port))
                    return port
                }
            } catch {
                throw ParlorError(
                    .configuration, "\(owner) cannot use the address that is set for it", why: error.summary,
                    hint: "Set an address of this machine, and a port from 1024 on.", cause: error)
            }
            throw ParlorError(
                .portTaken, "no port is free for \(owner)", why: "\(wanted) to \(last) are all taken on \(host)",
                hint: "Set another port in parlor.yaml, or end what listens there.")
        }
        // Where the other hosts expect it, or nowhere.
        func demand(_ owner: String, _ host: String, _ wanted: Int) throws(ParlorError) -> Int {
            let port = try choose(owner, host, wanted)
            guard port != wanted else { return port }
            throw ParlorError(
                .portTaken, "\(owner) cannot listen on \(host):\(wanted)", why: "the port is taken",
                hint: "The other hosts expect it there: end what listens, or set another port on every host.")
        }
        if configuration.database.managed {
            guard configuration.database.user != PrivateServer.superuser else {
                throw ParlorError(
                    .configuration, "database.user is \"\(PrivateServer.superuser)\"",
                    why: "that is the superuser, and the service must not be able to do everything",
                    hint: "Choose another name, like \"whatsapp_app\"; Parlor makes the role.")
            }
            switch shape {
            case .solo:
                guard configuration.hosts.all.isEmpty else {
                    throw ParlorError(
                        .usage, "--solo asks for a single database, and the configuration names hosts",
                        hint: "Leave one of the two out.")
                }
                let database = configuration.database
                configuration.database.port = try choose("PostgreSQL", database.host, database.port)
            case .cluster:
                let here = try Self.here(configuration.hosts, isFree)
                let layout = try ClusterLayout(configuration, on: here, choose: here == nil ? choose : demand)
                configuration.database.port = layout.poolerPort
                configuration.redis.port = layout.cachePort
                configuration.redis.queuePort = layout.queuePort
                cluster = layout
            }
        }
        configuration.api.port = try choose("the service", configuration.api.host, configuration.api.port)
        if isDemo {
            try Self.checkDemo(configuration)
            let port = try choose("the simulated WhatsApp", ClusterLayout.alone, configuration.api.port + 1)
            configuration.whatsApp.graphURL = "\(Self.simulator(port))/v23.0"
            simulatorPort = port
        }
        self.configuration = configuration
        self.ports = ports
    }

    /// Simulated customers are let in nowhere where somebody's own may be.
    private static func checkDemo(_ configuration: Configuration) throws(ParlorError) {
        let own =
            configuration.database.managed
            ? configuration.whatsApp.appSecret.map { _ in "the configuration has whatsapp.app_secret" }
                ?? (configuration.hosts.all.isEmpty ? nil : "the configuration names hosts")
            : "the database is not Parlor's"
        guard let own else { return }
        throw ParlorError(
            .usage, "--demo simulates WhatsApp and its customers, and \(own)",
            hint: "Leave one of the two out; a demo with a state and a configuration of its own disturbs nobody.")
    }

    private static func simulator(_ port: Int) -> String { "http://\(ClusterLayout.alone):\(port)" }

    /// Which of the hosts this machine is; nil where none are named.
    private static func here(
        _ hosts: HostList, _ isFree: (_ host: String, _ port: Int) throws(ParlorError) -> Bool
    ) throws(ParlorError) -> HostList.Host? {
        guard !hosts.all.isEmpty else { return nil }
        // An address that is not this machine's cannot be listened on, whichever the port.
        let own = hosts.all.filter { (try? isFree($0.address, 0)) != nil }
        guard own.count == 1 else {
            let names = (own.isEmpty ? hosts.all : own).map { "\($0.name) (\($0.address))" }.joined(separator: ", ")
            throw ParlorError(
                .configuration, own.isEmpty ? "this machine is none of the hosts" : "this machine is several hosts",
                why: own.isEmpty ? "it has no address of \(names)" : "it has the addresses of \(names)",
                hint: "Correct hosts in parlor.yaml; each needs a machine of its own, under the address it has there.")
        }
        return own[0]
    }

    /// What people are told: about ports that moved, and about what is missing.
    package var notices: [String] {
        ports.compactMap(\.notice) + (configuration.missingBackups.map { ["there are no backups: \($0)"] } ?? [])
    }

    /// The address of the service.
    package var serviceURL: String {
        let host = configuration.api.host
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(configuration.api.port)"
    }

    /// The address of the simulated WhatsApp; nil where there is none.
    package var simulatorURL: String? { simulatorPort.map(Self.simulator) }

    /// The address of the database, without the password.
    package var databaseURL: String {
        let database = configuration.database
        let host = database.host.contains(":") ? "[\(database.host)]" : database.host
        return "postgresql://\(database.user)@\(host):\(database.port)/\(database.name)"
    }

    /// The plan for people, a line each.
    package var lines: [String] {
        databaseLines + ["service    the booking service at \(serviceURL)"]
            + (simulatorURL.map { ["whatsapp   simulated at \($0), with customers who chat with three seeded salons"] }
                ?? [])
            + notices.map { "note: \($0)" }
    }

    private var databaseLines: [String] {
        guard configuration.database.managed else {
            return ["           the database at \(databaseURL), which is not Parlor's"]
        }
        guard let cluster else { return ["postgres   a private PostgreSQL at \(databaseURL)"] }
        func place(_ host: String, _ port: Int) -> String {
            host == ClusterLayout.alone ? "\(port)" : "\(host):\(port)"
        }
        let own = cluster.host
        let member =
            cluster.ownMember.map { ["etcd       agrees on who is the primary, at \(place(own, $0.port))"] } ?? []
        let nodes = cluster.ownNodes.map { node in
            "\(node.name)      PostgreSQL at \(place(node.host, node.port)), with Patroni at "
                + place(node.host, node.managementPort)
        }
        let redis =
            "redis      a cache at \(place(own, cluster.cachePort)), a queue at \(place(own, cluster.queuePort))"
        return member + nodes + [
            "pooler     PgBouncer at \(databaseURL), and at \(cluster.sessionPoolerPort) for whole sessions"
        ] + (cluster.keepsRedis ? [redis] : [])
    }
}
