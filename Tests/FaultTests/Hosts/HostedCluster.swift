import Agent
import Basics
import Cluster
import FaultTestSupport
import Glibc
import Loop
import Postgres
import SystemTestSupport
import Testing

/// A cluster on three hosts of a lab, each with a state folder of its own and its own member of etcd.
struct HostedCluster: FaultSubject {
    /// The hosts; the first of them begins the cluster, and node1 is there, node2 on the next.
    static let names = ["alpha", "beta", "gamma"]

    let lab: NetworkLab
    let loop: EventLoop
    private let systems: [String: ParlorSystem]

    /// The hosts of `lab`, whose states are in `place`, where they may be running already.
    init(_ lab: NetworkLab, place: String, _ environment: [String: String], on loop: EventLoop) throws {
        self.lab = lab
        self.loop = loop
        // All of them are told the same: the ports are those of the first, each host having all of its own.
        var common = try ParlorSystem(place: place, environment, on: loop)
        common.environment["PARLOR_HOSTS"] = Self.names.map { "\($0)=\(lab[$0].address)" }.joined(separator: "; ")
        systems = Dictionary(
            uniqueKeysWithValues: Self.names.map { name in
                var system = common.with(["PARLOR_STATE": "\(place)/\(name)"])
                system.wrapper = lab[name].wrapper
                return (name, system)
            })
    }

    /// What was decided when it was made, for those who look at the same one from another loop.
    var environment: [String: String] { self[Self.names[0]].environment }

    /// The system of a host.
    subscript(host: String) -> ParlorSystem {
        guard let system = systems[host] else { preconditionFailure("there is no host \(host)") }
        return system
    }

    /// The host that a node is on.
    func host(of node: String) -> String {
        let number = Int(node.drop { !$0.isNumber }) ?? 1
        return Self.names[(number - 1) % Self.names.count]
    }

    /// The system of the host that a node is on.
    func system(with node: String) -> ParlorSystem { self[host(of: node)] }

    /// All hosts but the one that a node is on.
    func hosts(besides node: String) -> [String] { Self.names.filter { $0 != host(of: node) } }

    // MARK: - Starting

    /// Has every host join, and brings all of them up from nothing.
    func begin() async throws {
        let (first, invitation) = (Self.names[0], "\(self[Self.names[0]].place)/invitation")
        try await self[first].succeed("cluster", "invite", invitation)
        for name in Self.names.dropFirst() { try await self[name].succeed("cluster", "join", invitation) }
        try Files.remove(invitation)
        // They wait for each other.
        let starts = try Self.names.map { try self[$0].start("up", "--detach") }
        for start in starts {
            let outcome = try await start.outcome(within: .seconds(180))
            guard outcome.code == 0 else { throw Failure(outcome.description) }
        }
    }

    /// Cuts a host's cable and ends all that runs there at once: nobody hears a word of it, as when its power fails.
    func cutPower(of host: String) throws {
        try lab.cause(.unplugged(host))
        let frozen = Freezer(marked: { lab[host].processes })
        for pid in frozen.processes { kill(pid, SIGKILL) }
    }

    /// Plugs a host in again and starts it.
    func restore(_ host: String) async throws {
        try lab.heal(.unplugged(host))
        try await self[host].succeed("up", "--detach")
    }

    // MARK: - A subject of faults

    var places: [ClientPlace] { Self.names.map { ClientPlace(name: $0, system: self[$0], host: lab[$0]) } }

    func place(with node: String) -> String? { host(of: node) }

    func cluster() async throws -> ClusterStatus { try await self[Self.names[0]].cluster() }

    func whole(within limit: Duration) async throws -> String {
        let deadline = ContinuousClock.now + limit
        while true {
            var leaders: Set<String> = []
            for name in Self.names {
                leaders.insert(
                    try await self[name].whole(within: max(.zero, ContinuousClock.now.duration(to: deadline))))
            }
            // Each of them was asked at another moment.
            if leaders.count == 1, let leader = leaders.first { return leader }
        }
    }

    func superuser(of node: String, to database: String) throws -> ConnectionOptions {
        try system(with: node).superuser(of: node, to: database)
    }
}
