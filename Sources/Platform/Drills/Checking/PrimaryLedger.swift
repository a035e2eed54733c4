/// Who could be written to when, as far as one who asks from outside can prove it: invariant E.
///
/// The rules: a timeline has one writer, and whoever took a write on a later timeline ends all earlier ones. An answer
/// proves something about some moment between its question and itself; so one thing came after another only when it was
/// asked for after the other's answer. What only may have happened in the wrong order is no violation.
package struct PrimaryLedger: Sendable {
    /// A server said something that only a primary can.
    package struct Sighting: Equatable, Sendable {
        /// The server's name.
        package var node: String
        /// The timeline it writes.
        package var timeline: Int
        /// When it was asked.
        package var asked: ContinuousClock.Instant
        /// When it answered.
        package var answered: ContinuousClock.Instant

        /// Describes a sighting.
        package init(
            node: String, timeline: Int, asked: ContinuousClock.Instant, answered: ContinuousClock.Instant
        ) {
            self.node = node
            self.timeline = timeline
            self.asked = asked
            self.answered = answered
        }
    }

    /// Two servers were primaries at once, or became one without a timeline of its own.
    package struct Violation: Hashable, Sendable, CustomStringConvertible {
        /// The server that should not have been one any more.
        package var node: String
        /// Its timeline.
        package var timeline: Int
        /// The server that had taken over.
        package var successor: String
        /// That one's timeline.
        package var successorTimeline: Int

        /// A sentence.
        package var description: String {
            timeline == successorTimeline
                ? "\(node) and \(successor) were both primaries on timeline \(timeline)"
                : "\(node) was a primary on timeline \(timeline) after \(successor) was one on \(successorTimeline)"
        }
    }

    /// What was found so far, each once.
    package private(set) var violations: [Violation] = []
    /// How much was seen of each server.
    package private(set) var sightings: [String: Int] = [:]
    /// The longest time by which a server was still seen as a primary after its successor had been.
    package private(set) var longestOverlap = Duration.zero
    /// Of each timeline the sighting that was answered first, and the one that was asked for last.
    private var spans: [Int: (first: Sighting, last: Sighting)] = [:]

    /// Nothing seen yet.
    package init() {}

    /// The servers in the order of the timelines they began.
    package var succession: [String] { spans.sorted { $0.key < $1.key }.map(\.value.first.node) }

    /// Takes in a sighting; they may come in any order.
    package mutating func see(_ sighting: Sighting) {
        sightings[sighting.node, default: 0] += 1
        var span = spans[sighting.timeline] ?? (sighting, sighting)
        if sighting.node != span.first.node { add(sighting, span.first) }
        if sighting.answered < span.first.answered { span.first = sighting }
        if sighting.asked > span.last.asked { span.last = sighting }
        spans[sighting.timeline] = span
        for (timeline, other) in spans where timeline != sighting.timeline {
            if timeline > sighting.timeline { compare(span.last, other.first) } else { compare(other.last, span.first) }
        }
    }

    /// Nobody may be asked on an earlier timeline, and answer, after another one had answered on a later.
    private mutating func compare(_ earlier: Sighting, _ later: Sighting) {
        guard earlier.asked > later.answered else { return }
        longestOverlap = max(longestOverlap, later.answered.duration(to: earlier.asked))
        add(earlier, later)
    }

    private mutating func add(_ loser: Sighting, _ winner: Sighting) {
        let violation = Violation(
            node: loser.node, timeline: loser.timeline, successor: winner.node, successorTimeline: winner.timeline)
        if !violations.contains(violation) { violations.append(violation) }
    }
}
