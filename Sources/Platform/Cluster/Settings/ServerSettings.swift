import Basics

/// The settings of a server, each with its reason: what follows from the machine, from what the server is to others,
/// and from what somebody decided otherwise. Where a server's files are and where it listens is not among them.
///
/// Equal inputs give equal settings: what changes from hour to hour, such as free space, decides nothing.
package struct ServerSettings: Equatable, Sendable {
    /// The settings, those of a topic together.
    package private(set) var all: [ServerSetting]

    /// What they follow from.
    package struct Basis: Equatable, Sendable {
        /// The machine.
        package var machine: Machine
        /// What the server is to others.
        package var role: ServerRole
        /// The most connections at a time.
        package var connections: Int
        /// Whether every statement is logged.
        package var logsEveryStatement = false
        /// The libraries that the installation has besides those that come with PostgreSQL.
        package var libraries: Set<String> = []
        /// Whether the log goes to the backups' repositories.
        package var isArchived = false

        /// A machine, what the server on it is to others, and how many it lets in.
        package init(_ machine: Machine, _ role: ServerRole, connections: Int) {
            self.machine = machine
            self.role = role
            self.connections = connections
        }
    }

    /// A value that somebody decided on.
    package struct Override: Equatable, Sendable {
        /// The setting.
        package var name: String
        /// The value.
        package var value: String
        /// Where that is said, like `in parlor.yaml:12`; nil when nobody knows any more.
        package var place: String?

        /// A name, a value and a place.
        package init(_ name: String, _ value: String, place: String? = nil) {
            self.name = name
            self.value = value
            self.place = place
        }
    }

    /// Decides.
    package init(_ basis: Basis, overrides: [Override] = []) {
        let memory = MemoryShares(of: basis.machine.memory, connections: basis.connections)
        all = memory.settings + Self.processes(basis) + Self.disk(basis.machine.disk) + Self.log(basis, memory)
        if basis.isArchived { all += Self.archiving }
        if case .member(let replicas) = basis.role { all += Self.replication(replicas, basis.machine.disk) }
        all += Self.security(basis) + Self.reporting(basis) + Self.customs
        for override in overrides { apply(override) }
    }

    /// The setting of that name; nil when PostgreSQL's default holds.
    package subscript(name: String) -> ServerSetting? { all.first { $0.name == name } }

    /// Names and values of what is written by one keeper, for a cluster that Patroni keeps.
    package func parameters(keptBy keeper: ServerSetting.Keeper) -> [(name: String, value: String)] {
        all.filter { $0.keeper == keeper }.map { ($0.name, $0.value) }
    }

    /// The lines of postgresql.conf, each topic under its heading.
    package var lines: [String] {
        ServerSetting.Topic.allCases.flatMap { topic -> [String] in
            let settings = all.filter { $0.topic == topic }
            return settings.isEmpty ? [] : ["# \(topic.rawValue)"] + settings.map(\.line) + [""]
        }
    }

    // MARK: - What somebody decided

    private mutating func apply(_ override: Override) {
        let words = "set by you" + (override.place.map { " \($0)" } ?? "")
        guard let index = all.firstIndex(where: { $0.name == override.name }) else {
            all.append(ServerSetting(override.name, override.value, .others, words))
            return
        }
        let own = all[index]
        let isLibraries = own.name == "shared_preload_libraries"
        let value = isLibraries ? Self.joined(own.value, override.value) : override.value
        let reason =
            isLibraries
            ? "\(words), together with \(own.value): \(own.reason)"
            : "\(words); would be \(own.value): \(own.reason)"
        all[index] = ServerSetting(
            own.name, value, own.topic, reason, overridden: .init(value: own.value, reason: own.reason))
    }

    /// Libraries that Parlor needs cannot be taken away, only others added.
    private static func joined(_ own: String, _ others: String) -> String {
        var names: [Substring] = []
        for name in (own + "," + others).split(whereSeparator: { $0 == "," || $0 == " " }) where !names.contains(name) {
            names.append(name)
        }
        return names.joined(separator: ",")
    }
}

extension ServerSettings {
    /// The dynamic configuration of a cluster whose members would each want their own.
    ///
    /// Of numbers the largest, since a replica with less than its primary does not start; of sizes the smallest, which
    /// fits every disk; of anything else the first member's.
    package static func shared(by members: [ServerSettings]) -> [(name: String, value: String)] {
        guard let first = members.first else { return [] }
        return first.parameters(keptBy: .cluster).map { name, value in
            let values = members.map { $0[name]?.value ?? value }
            let numbers = values.compactMap { Int($0) }
            if numbers.count == values.count { return (name, numbers.max().map { "\($0)" } ?? value) }
            let sizes = values.compactMap { text in ByteCount(text).map { (text: text, size: $0) } }
            guard sizes.count == values.count else { return (name, value) }
            return (name, sizes.min { $0.size < $1.size }?.text ?? value)
        }
    }
}
