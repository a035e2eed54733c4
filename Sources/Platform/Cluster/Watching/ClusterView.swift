import Basics
package import Etcd
import JSONText

/// What Patroni keeps in etcd of a cluster: who leads, by which lease, and what each node does. Derived from one reading
/// and the changes since then.
package struct ClusterView: Equatable, Sendable {
    /// Who leads.
    package struct Leader: Equatable, Sendable {
        /// The name of the node.
        package var node: String
        /// The lease with which that ends.
        package var lease: EtcdLease.Identity
    }

    /// What a node says of itself, about once a second.
    package struct Member: Equatable, Sendable {
        /// The role.
        package var role: NodeRole
        /// Whether PostgreSQL runs there.
        package var isRunning: Bool
        /// Whether it follows the primary over a connection.
        package var isStreaming: Bool

        /// Where it is reached; nil when it does not say.
        package var node: ClusterNode?

        /// Whether reads may go there.
        package var isReadable: Bool { isRunning && isStreaming && (role == .replica || role == .synchronous) }
    }

    /// Who leads; nil when nobody does.
    package private(set) var leader: Leader?
    /// The nodes that are there, by their names.
    package private(set) var members: [String: Member] = [:]

    private let folder: String

    /// The view of a cluster of which nothing is known yet.
    package init(of scope: String) { folder = Self.folder(of: scope) }

    /// Where Patroni keeps what belongs to a cluster.
    package static func folder(of scope: String) -> String { "/service/\(scope)/" }

    /// The nodes that reads may go to, in the order of their names.
    package var readable: [String] {
        members.filter { $0.value.isReadable && $0.key != leader?.node }.map(\.key).sorted()
    }

    /// Takes a key as it stands now.
    package mutating func put(_ value: EtcdKeyValue) {
        guard let name = name(of: value.key) else { return }
        if name == "leader" {
            leader = value.text.flatMap { node in value.lease.map { Leader(node: node, lease: $0) } }
        } else if let member = member(in: name) {
            members[member] = Self.state(of: member, value.value)
        }
    }

    /// Takes the end of a key.
    package mutating func delete(_ key: EtcdKey) {
        guard let name = name(of: key) else { return }
        if name == "leader" { leader = nil } else if let member = member(in: name) { members[member] = nil }
    }

    private func name(of key: EtcdKey) -> Substring? {
        guard let text = key.text, text.hasPrefix(folder) else { return nil }
        return text.dropFirst(folder.count)
    }

    private func member(in name: Substring) -> String? {
        name.hasPrefix("members/") ? String(name.dropFirst("members/".count)) : nil
    }

    /// How far the last primary of a cluster is known to have written its log; nil when nobody has said so.
    package static func lastPosition(of scope: String, _ client: EtcdClient) async throws -> Int? {
        guard let status = try await client.get(EtcdKey("\(folder(of: scope))status")) else { return nil }
        return (try? JSON(reading: status.value))?["optime"]?.int
    }

    private static func state(of name: String, _ bytes: [UInt8]) -> Member? {
        guard let json = try? JSON(reading: bytes) else { return nil }
        var member = Member(
            role: NodeRole(patroni: json["role"]?.text), isRunning: json["state"]?.text == "running",
            isStreaming: json["replication_state"]?.text == "streaming")
        if let server = place(in: json["conn_url"]?.text), let management = place(in: json["api_url"]?.text) {
            member.node = ClusterNode(
                name: name, host: server.host, port: server.port, managementPort: management.port)
        }
        return member
    }

    /// The host and the port of a URL like `postgres://10.0.0.1:5432/postgres`.
    private static func place(in url: String?) -> (host: String, port: Int)? {
        guard let url, let start = url.firstRange(of: "://") else { return nil }
        let place = url[start.upperBound...].prefix { $0 != "/" }
        guard let colon = place.lastIndex(of: ":"), let port = Int(place[place.index(after: colon)...]) else {
            return nil
        }
        return (String(place[..<colon].filter { $0 != "[" && $0 != "]" }), port)
    }
}
