import Basics
import Cluster
import Configuration
import State
import Trust

/// Where the parts of a cluster on this machine keep what is theirs.
struct ClusterPlaces: Sendable {
    let state: StateFolder

    /// The certificates.
    var certificates: String { "\(state.path)/certificates" }
    /// etcd's log and snapshots.
    var etcd: String { "\(state.path)/etcd" }

    /// What a node of that name keeps.
    func node(_ name: String) -> PatroniConfiguration.NodeFolders {
        .init(data: data(of: name), socket: "\(state.run)/\(name)", files: "\(state.postgres)/\(name)")
    }

    /// What a pooler of that name keeps; all of it is written at every start.
    func pooler(_ name: String) -> String { "\(state.run)/\(name)" }

    /// What a Redis of that name keeps.
    func redis(_ name: String) -> String { "\(state.path)/\(name)" }

    private func data(of node: String) -> String { "\(state.postgres)/\(node)/data" }

    // MARK: - Data

    /// Whether a node has data of its own.
    func hasData(_ node: String) -> Bool { Files.exists("\(data(of: node))/PG_VERSION") }

    /// Whether a cluster has been here, or is.
    static func isCluster(_ state: StateFolder) -> Bool { Files.exists("\(state.postgres)/node1") }

    /// The version of the data in a state folder, of either shape; nil where there is none.
    static func dataVersion(_ state: StateFolder) throws(ParlorError) -> Int? {
        if let version = try PrivateServer.dataVersion(in: "\(state.postgres)/data") { return version }
        for name in try Files.exists(state.postgres) ? Files.list(state.postgres).sorted() : [] {
            if let version = try PrivateServer.dataVersion(in: "\(state.postgres)/\(name)/data") { return version }
        }
        return nil
    }

    /// Where a single database keeps its data.
    var soloData: String { "\(state.postgres)/data" }

    /// Gives the data of a single database to the first node of the cluster that follows it.
    func takeSoloData() throws(ParlorError) {
        try Files.makeFolder("\(state.postgres)/node1")
        try Files.move(soloData, to: data(of: "node1"))
        for file in ["postgresql.conf", "pg_hba.conf", "server.crt", "server.key"] {
            try Files.remove("\(state.postgres)/\(file)")
        }
    }
}
