package import Basics
import Glibc
import Processes
import Synchronization

/// Some hosts on one switch, each a network namespace, and the faults between them.
///
/// Nothing of it is in the machine's own network: the switch is a namespace too. So labs do not meet, and a lab is gone
/// when its namespaces are. Their names bear the process that made them; what a killed run left is found by that and
/// removed by the next one.
///
/// On failure: a fault is there or an error is thrown; what could not be arranged in `init` is removed before it throws.
package final class NetworkLab: Sendable {
    /// Why there can be no lab here; nil when there can.
    package static let obstacle: String? = {
        guard geteuid() == 0 else { return "network namespaces need root" }
        let missing = ["/usr/sbin/ip", "/usr/sbin/iptables-restore"].first { !Files.exists($0) }
        if let missing { return "\(missing) is not installed" }
        do { try NetworkLab(hosts: ["probe"]).remove() } catch { return ParlorError(describing: error).summary }
        return nil
    }()

    private let faults = Mutex(Set<NetworkFault>())
    private let hosts: [String: NetworkHost]
    private let switchboard: NetworkNamespace
    private let names: [String]
    private let cables = Mutex([String: SlowCable]())

    /// The switch itself.
    private static let bridge = "bridge"

    /// Makes some hosts that all hear each other.
    package init(hosts names: [String]) throws(ParlorError) {
        LabMark.removeLeftovers()
        let mark = LabMark()
        switchboard = mark.namespace("switch")
        self.names = names
        hosts = Dictionary(
            uniqueKeysWithValues: names.enumerated().map { index, name in
                (
                    name,
                    NetworkHost(
                        name: name, address: "10.77.0.\(index + 1)", namespace: mark.namespace(name).name)
                )
            })
        do throws(ParlorError) { try build() } catch {
            removeNamespaces()
            throw error
        }
    }

    deinit {
        endCables()
        removeNamespaces()
    }

    /// The host of that name, which must be one of those it was made with.
    package subscript(name: String) -> NetworkHost {
        guard let host = hosts[name] else { preconditionFailure("the lab has no host \(name)") }
        return host
    }

    private func build() throws(ParlorError) {
        try switchboard.create()
        try switchboard.ip("link", "add", Self.bridge, "type", "bridge")
        try switchboard.ip("link", "set", Self.bridge, "up")
        for name in names { try plug(self[name]) }
    }

    private func plug(_ host: NetworkHost) throws(ParlorError) {
        let network = NetworkNamespace(name: host.namespace)
        try network.create()
        // Both ends are made where they belong: none is ever seen in the machine's own network.
        try RootCommand.ip(
            "link", "add", NetworkHost.interface, "netns", network.name, "type", "veth", "peer", "name", port(of: host),
            "netns", switchboard.name)
        try switchboard.ip("link", "set", port(of: host), "master", Self.bridge, "up")
        try network.ip("address", "add", "\(host.address)/24", "dev", NetworkHost.interface)
        try network.ip("link", "set", NetworkHost.interface, "up")
        try network.ip("link", "set", "lo", "up")
    }

    /// The name of a host's end at the switch; the kernel allows fifteen letters.
    private func port(of host: NetworkHost) -> String { "port\(names.firstIndex(of: host.name) ?? 0)" }

    // MARK: - Faults

    /// Brings faults about, besides those that there are.
    package func cause(_ added: NetworkFault...) throws(ParlorError) {
        try arrange(faults.withLock { $0.union(added) })
    }

    /// Ends some faults. A host that is plugged in again may take a second until it reaches everybody: the first
    /// question for an address can get lost before the switch forwards, and the kernel asks again after a second.
    package func heal(_ healed: NetworkFault...) throws(ParlorError) {
        try arrange(faults.withLock { $0.subtracting(healed) })
    }

    /// Ends all faults.
    package func healAll() throws(ParlorError) { try arrange([]) }

    /// Makes what there is what is wanted, host by host.
    private func arrange(_ wanted: Set<NetworkFault>) throws(ParlorError) {
        let current = faults.withLock { $0 }
        let filter = NetworkFilter(addresses: hosts.mapValues(\.address))
        for name in names {
            let host = self[name]
            let (before, after) = (filter.rules(of: name, for: current), filter.rules(of: name, for: wanted))
            if before != after {
                try RootCommand.run(
                    "/usr/sbin/ip", ["netns", "exec", host.namespace, "/usr/sbin/iptables-restore"], input: after)
            }
            let isUnplugged = wanted.contains(.unplugged(name))
            if current.contains(.unplugged(name)) != isUnplugged {
                try switchboard.ip("link", "set", port(of: host), isUnplugged ? "down" : "up")
            }
            try slow(host, by: wanted.reduce(.zero) { $0 + $1.delay(of: name) })
        }
        faults.withLock { $0 = wanted }
    }

    /// The cable of a host while it is slow.
    func cable(of host: String) -> SlowCable? { cables.withLock { $0[host] } }

    /// Makes the cable of a host as slow as wanted.
    private func slow(_ host: NetworkHost, by delay: Duration) throws(ParlorError) {
        let cable = cable(of: host.name)
        if delay > .zero, let cable {
            if cable.delay != delay { cable.delay = delay }
        } else if delay > .zero {
            let cable = try SlowCable(port(of: host), of: Self.bridge, in: switchboard, delay: delay)
            cables.withLock { $0[host.name] = cable }
        } else if let cable {
            try cable.end()
            cables.withLock { $0[host.name] = nil }
        }
    }

    // MARK: - The end

    /// Takes everything down. Whatever ran on its hosts must have ended, in this process too.
    package func remove() throws(ParlorError) {
        for name in names {
            let threads = try NetworkNamespace(name: self[name].namespace).threads()
            guard threads.isEmpty else {
                throw ParlorError(
                    .unexpected, "\(threads.count) threads of this process are on the host \(name) for good",
                    hint: "Await nothing in NetworkHost.run that is not delivered on its loop.")
            }
        }
        endCables()
        removeNamespaces()
    }

    /// Ends the threads of slow cables, and lets go of the devices that keep the switch's network there.
    private func endCables() {
        let ended = cables.withLock { cables in
            defer { cables = [:] }
            return cables.values
        }
        for cable in ended { try? cable.end() }
    }

    private func removeNamespaces() {
        let all = NetworkNamespace.all
        for network in names.map({ NetworkNamespace(name: self[$0].namespace) }) + [switchboard]
        where all.contains(network) {
            try? network.remove()
        }
    }
}
