package import Postgres

/// How fresh an answer has to be, which decides who may give it.
package struct Freshness: Hashable, Sendable {
    /// How old it may be at most; nil asks the primary, which is what reads need that decide something.
    package var staleness: Duration?
    /// What it has to show: the place of the reader's own last commit.
    package var after: PostgresWALPosition?

    private init(staleness: Duration?, after: PostgresWALPosition?) {
        self.staleness = staleness
        self.after = after
    }

    /// From the primary: the state that a decision is based on.
    package static let deciding = Freshness(staleness: nil, after: nil)
    /// At most a tenth of a second old, the specification's threshold.
    package static let recent = Freshness(staleness: .milliseconds(100), after: nil)

    /// At most so old.
    package static func atMost(_ staleness: Duration) -> Freshness { Freshness(staleness: staleness, after: nil) }

    /// The same, and showing what was committed before `position`; nil changes nothing.
    package func showing(_ position: PostgresWALPosition?) -> Freshness {
        guard let position else { return self }
        return Freshness(staleness: staleness, after: after.map { max($0, position) } ?? position)
    }
}

/// Which server answers a read: decided from what is measured, in turn among the standbys that are fresh enough.
package struct ReadRoute: Sendable {
    /// A server that can be asked.
    package enum Server: Hashable, Sendable {
        /// The one that takes writes.
        case primary
        /// One of the standbys, by its place in the list.
        case standby(Int)
    }

    private var next = 0

    /// Begins with the first standby.
    package init() {}

    /// The server for a read; standbys in `excluded` have failed this read already.
    package mutating func server(
        for freshness: Freshness, _ standbys: [LagMeter], at now: Duration, excluding excluded: Set<Int> = []
    ) -> Server {
        guard let bound = freshness.staleness, !standbys.isEmpty else { return .primary }
        for offset in standbys.indices {
            let index = (next + offset) % standbys.count
            let meter = standbys[index]
            guard !excluded.contains(index), let staleness = meter.staleness(at: now), staleness <= bound,
                freshness.after.map({ meter.shows($0) }) ?? true
            else { continue }
            next = (index + 1) % standbys.count
            return .standby(index)
        }
        return .primary
    }
}
