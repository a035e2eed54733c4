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
    /// Of what travels to a host and from it, so many packets in a hundred get lost.
    case lossy(String, percent: Int)
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
        case .unplugged: []
        case .silenced(host, .inward): ["-s 0.0.0.0/0"]
        case .silenced(let other, .outward): from(other, at: host)
        case .silenced(_, .inward): []
        case .oneWay(let other, host), .parted(let other, host), .parted(host, let other): from(other, at: host)
        case .oneWay, .parted: []
        case .lossy(let lossy, let percent):
            (lossy == host ? ["-s 0.0.0.0/0"] : from(lossy, at: host)).map { "\($0) \(Self.chance(percent))" }
        }
    }

    private func from(_ other: String, at host: String) -> [String] {
        guard other != host, let address = addresses[other] else { return [] }
        return ["-s \(address)"]
    }

    private static func chance(_ percent: Int) -> String {
        "-m statistic --mode random --probability \(Double(percent) / 100)"
    }
}
