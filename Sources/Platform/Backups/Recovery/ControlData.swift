/// What a data folder says of itself while no server runs on it, as pg_controldata writes it.
package struct ControlData: Equatable, Sendable {
    private var values: [String: String] = [:]

    /// Reads the text.
    package init(_ text: String) {
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            values[String(line[..<colon])] = String(line[line.index(after: colon)...].trimmingPrefix { $0 == " " })
        }
    }

    /// What tells one cluster from another.
    package var systemIdentifier: String? { values["Database system identifier"] }
    /// The timeline that it is on.
    package var timeline: Int? { values["Latest checkpoint's TimeLineID"].flatMap { Int($0) } }
    /// The file of the log in which recovery would begin.
    package var logFile: LogFile? { values["Latest checkpoint's REDO WAL file"].flatMap { LogFile($0) } }
    /// Whether the server was stopped in order.
    package var isShutDown: Bool { values["Database cluster state"] == "shut down" }

    /// The settings that a server must have at least to replay the log of the one that wrote it.
    package var settings: [(name: String, value: String)] {
        [
            ("max_connections", "max_connections setting"), ("max_worker_processes", "max_worker_processes setting"),
            ("max_wal_senders", "max_wal_senders setting"), ("max_prepared_transactions", "max_prepared_xacts setting"),
            ("max_locks_per_transaction", "max_locks_per_xact setting"),
            ("track_commit_timestamp", "track_commit_timestamp setting"),
        ].compactMap { name, key in values[key].map { (name, $0) } }
    }
}
