package import Backups
import Basics
import Cluster
package import Loop
import Postgres
package import State

/// Puts restored data in the place of a system's own, while nothing of that system runs.
///
/// Nothing is deleted: what was there is set aside beside it. The data becomes that of a single database, which the next
/// start takes as it is with --solo, and else makes the first node of a cluster of, from which the replicas are copied;
/// what etcd remembers of the former cluster is set aside with it.
package struct Adoption: Sendable {
    private static let recoverySettings = [
        "restore_command", "recovery_target", "recovery_target_time", "recovery_target_xid", "recovery_target_name",
        "recovery_target_action", "recovery_target_timeline",
    ]
    private let state: StateFolder

    /// For a state folder that the caller holds.
    package init(_ state: StateFolder) { self.state = state }

    /// Has restored data know the passwords of today, and ends its server.
    package func prepare(_ server: ScratchServer, on loop: EventLoop) async throws {
        let password = try state.secrets.secret("postgres_superuser")
        let session = try await server.session(to: "postgres", on: loop)
        do {
            defer { session.close() }
            let verifier = try await session.query("SELECT quote_literal($1)", password.reveal()).only
            try await session.execute(
                "ALTER ROLE \(PrivateServer.superuser) PASSWORD \(try verifier[0, as: String.self])")
            // What the restore was told stands in a file that goes over every other one.
            for name in Self.recoverySettings { try await session.execute("ALTER SYSTEM RESET \(name)") }
            try await session.execute("CHECKPOINT")
        }
        try await server.stop(on: loop)
        try await markForArchive(server.place, on: loop)
    }

    /// The new timeline began while nothing was archived: its history, and what of its log is finished, go to the
    /// repository with the next start, or nobody could ever follow it from there.
    private func markForArchive(_ place: ScratchServer.Place, on loop: EventLoop) async throws {
        let control = try await ScratchServer.controlData(place, on: loop)
        guard control.isShutDown, let current = control.logFile, let timeline = control.timeline else {
            throw ParlorError(
                .backup, "the restored server was not stopped in order",
                hint: "See what it wrote in \(place.log), and restore again.")
        }
        let folder = "\(place.data)/pg_wal"
        for name in try Files.list(folder) {
            let isHistory = name.hasSuffix(".history") && Int(name.prefix(8), radix: 16) == timeline
            let isFinished = LogFile(name).map { $0.timeline == timeline && $0 < current } ?? false
            guard isHistory || isFinished else { continue }
            try Files.writeAtomically("", to: "\(folder)/archive_status/\(name).ready")
        }
    }

    /// Moves the data into its place; gives back what was set aside. When that fails, everything is where it was.
    package func replace(by data: String) throws -> [String] {
        let stamp = Timestamp.now().rfc3339Seconds
        var moved: [(from: String, to: String)] = []
        do {
            for path in try formerData() {
                let aside = "\(path).aside-\(stamp)"
                try Files.move(path, to: aside)
                moved.append((path, aside))
            }
            try Files.makeFolder(state.postgres)
            let own = ClusterPlaces(state: state).soloData
            try Files.move(data, to: own)
        } catch {
            for (from, to) in moved.reversed() { try Files.move(to, to: from) }
            throw error
        }
        return moved.map(\.to)
    }

    private func formerData() throws -> [String] {
        let places = ClusterPlaces(state: state)
        let nodes = try Files.exists(state.postgres) ? Files.list(state.postgres) : []
        return nodes.filter { $0 == "data" || $0.wholeMatch(of: /node\d+/) != nil }.map { "\(state.postgres)/\($0)" }
            + [places.etcd].filter { Files.exists($0) }
    }
}
