import Postgres

/// The last checkpoint of a server, which its data folder tells though the server does not run.
package struct LastCheckpoint: Equatable, Sendable {
    /// The timeline that it was made on.
    package var timeline: Int
    /// Where it stands in the log.
    package var position: Int

    /// Reads what pg_controldata writes; nil when it says nothing of a checkpoint.
    package init?(controlData text: String) {
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            values[line[..<colon]] = line[line.index(after: colon)...].trimmingPrefix { $0 == " " }
        }
        guard let timeline = values["Latest checkpoint's TimeLineID"].flatMap({ Int($0) }),
            let place = values["Latest checkpoint location"].flatMap({ PostgresWALPosition(String($0)) })
        else { return nil }
        self.timeline = timeline
        position = Int(place.bytes)
    }

    /// Whether it stands behind the place where the cluster left its timeline: with that PostgreSQL does not start as a
    /// replica.
    package func isDiverged(from history: [TimelineEnd]) -> Bool {
        history.contains { $0.timeline == timeline && position > $0.position }
    }
}
