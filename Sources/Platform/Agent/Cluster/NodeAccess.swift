package import Basics
package import Postgres
package import State

/// The way to the nodes of a cluster from one of its hosts: to its own through their sockets, which nobody else can reach;
/// to another host's over TLS.
package struct NodeAccess: Sendable {
    private let state: StateFolder

    /// From the host of a state folder.
    package init(_ state: StateFolder) { self.state = state }

    /// The folder of a node's socket; nil where the node is another host's.
    package func socketFolder(of name: String) -> String? {
        let folder = "\(state.run)/\(name)"
        return Files.exists(folder) ? folder : nil
    }

    /// Connections of an account to a node.
    package func options(
        to name: String, at host: String, _ port: Int, database: String, user: String, password: Secret
    ) -> ConnectionOptions {
        if let folder = socketFolder(of: name) {
            return ConnectionOptions(host: folder, port: port, database: database, user: user, password: password)
        }
        return ConnectionOptions(
            host: host, port: port, database: database, user: user, password: password, sslMode: .verifyFull,
            parameters: ["sslrootcert": "\(ClusterPlaces(state: state).certificates)/current/ca.crt"])
    }

    /// The same to a node as its status names it.
    package func options(
        to node: ClusterStatus.Node, database: String, user: String, password: Secret
    ) -> ConnectionOptions {
        let colon = node.address.lastIndex(of: ":") ?? node.address.endIndex
        return options(
            to: node.name, at: String(node.address[..<colon]), Int(node.address[colon...].dropFirst()) ?? 0,
            database: database, user: user, password: password)
    }
}
