/// A fault of the network between hosts of a lab.
package enum NetworkFault: Hashable, Sendable {
    /// Which way packets travel.
    package enum Direction: Hashable, Sendable {
        /// To the host.
        case inward
        /// From the host.
        case outward
    }

    /// A host's cable is pulled: nothing comes, nothing goes, and the host can tell.
    case unplugged(String)
    /// What travels to a host, or from it, gets lost on the way.
    case silenced(String, Direction)
    /// What one host sends to another gets lost; answers to what the other sends do too.
    case oneWay(from: String, to: String)
    /// Two hosts do not hear each other; everybody else hears both.
    case parted(String, String)
    /// What travels between a host and all others to these ports, or from them, gets lost both ways.
    case deaf(String, ports: Set<Int>)
    /// Of what travels to a host and from it, so many packets in a hundred get lost.
    case lossy(String, percent: Int)
    /// What travels to a host takes that much longer, and what travels from it too: a round trip takes twice as much
    /// longer, one between two slow hosts four times. It is never less and, on an idle machine, a millisecond more at
    /// most. Delays of the same host add up. Nothing is overtaken; what is under way when it is healed arrives at once.
    case slow(String, Duration)

    /// How much longer frames take between a host and the switch by this fault.
    func delay(of host: String) -> Duration {
        guard case .slow(host, let delay) = self else { return .zero }
        return delay
    }
}

/// The filters of one host that make some faults: always those of the host that would receive, so that a sender notices
/// nothing.
struct NetworkFilter: Equatable {
    /// The addresses of all hosts by name.
    let addresses: [String: String]

    /// The rules of `host` for all of the faults, as iptables-restore reads them.
    func rules(of host: String, for faults: Set<NetworkFault>) -> String {
        let rules = faults.flatMap { matches(of: $0, at: host) }.sorted()
        return (["*filter"] + rules.map { "-A INPUT -i \(NetworkHost.interface) \($0) -j DROP" } + ["COMMIT", ""])
            .joined(separator: "\n")
    }

    /// Which packets a fault has `host` drop.
    private func matches(of fault: NetworkFault, at host: String) -> [String] {
        switch fault {
        case .unplugged, .slow: []
        case .silenced(host, .inward): ["-s 0.0.0.0/0"]
        case .silenced(let other, .outward): from(other, at: host)
        case .silenced(_, .inward): []
        case .oneWay(let other, host), .parted(let other, host), .parted(host, let other): from(other, at: host)
        case .oneWay, .parted: []
        case .deaf(let deaf, let ports):
            around(deaf, at: host).flatMap { match in Self.ports(ports).map { "\(match) \($0)" } }
        case .lossy(let lossy, let percent): around(lossy, at: host).map { "\($0) \(Self.chance(percent))" }
        }
    }

    /// All that a host hears, when it is the one, and what it hears of the one otherwise.
    private func around(_ one: String, at host: String) -> [String] {
        one == host ? ["-s 0.0.0.0/0"] : from(one, at: host)
    }

    private static func ports(_ ports: Set<Int>) -> [String] {
        ports.sorted().flatMap { port in ["--sport", "--dport"].map { "-p tcp \($0) \(port)" } }
    }

    private func from(_ other: String, at host: String) -> [String] {
        guard other != host, let address = addresses[other] else { return [] }
        return ["-s \(address)"]
    }

    private static func chance(_ percent: Int) -> String {
        "-m statistic --mode random --probability \(Double(percent) / 100)"
    }
}
