package import Postgres

/// How old the answers of a standby may be, measured by places in the log: it knows when the primary's log had come how
/// far, and so which of the primary's states a standby that has replayed up to some place shows at least.
///
/// A standby's own clock is not asked: `pg_last_xact_replay_timestamp` grows old while nobody writes.
package struct LagMeter: Sendable {
    /// How many of the primary's states are remembered.
    static let memory = 128

    private struct Mark {
        var position: PostgresWALPosition
        var moment: Duration
    }

    /// In the order of time, and so of the log.
    private var marks: [Mark] = []
    /// How far the standby has replayed.
    private(set) var replayed: PostgresWALPosition?

    /// Nothing is known yet.
    package init() {}

    /// The primary's log had come to `position` at `moment`, or later.
    package mutating func primary(at position: PostgresWALPosition, _ moment: Duration) {
        // After a failover the log may go on from an earlier place; what was known is about another server then.
        if let last = marks.last, position < last.position { marks = [] }
        marks.append(Mark(position: position, moment: moment))
        if marks.count > Self.memory { marks.removeFirst(marks.count - Self.memory) }
    }

    /// The standby has replayed up to `position`.
    package mutating func standby(at position: PostgresWALPosition) { replayed = position }

    /// The standby does not answer.
    package mutating func lost() { replayed = nil }

    /// How old what the standby shows may be at most; nil when that is not known.
    package func staleness(at now: Duration) -> Duration? {
        guard let replayed, let mark = marks.last(where: { $0.position <= replayed }) else { return nil }
        return now - mark.moment
    }

    /// Whether the standby shows what was committed before `position`.
    package func shows(_ position: PostgresWALPosition) -> Bool { replayed.map { $0 >= position } ?? false }
}
