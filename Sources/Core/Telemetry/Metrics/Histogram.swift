internal import Basics
internal import Synchronization

/// How often measured values fell below each of some bounds, like the seconds that requests took.
public final class Histogram: Sendable {
    /// Bounds in seconds for the time that something takes, from 1 ms to 10 s.
    public static let secondsBounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// What was observed up to a moment.
    struct Snapshot: Hashable, Sendable {
        /// How many values fell into each bucket alone; the last one has no upper bound.
        var buckets: [UInt64]
        /// The sum of all values.
        var sum: Double = 0

        /// How many values there were.
        var count: UInt64 { buckets.reduce(0, +) }
    }

    let bounds: [Double]
    // A lock keeps buckets and sum of one scrape consistent; it is held for a few instructions.
    private let state: Mutex<Snapshot>

    init(bounds: [Double]) {
        self.bounds = bounds
        self.state = Mutex(Snapshot(buckets: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts a value; what is no number is ignored.
    public func observe(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.buckets[bucket] += 1
            $0.sum += value
        }
    }

    /// Counts a span of time in seconds.
    public func observe(_ duration: Duration) { observe(duration.seconds) }

    /// How many values were observed so far.
    public var count: Int { Int(clamping: snapshot.count) }

    /// The sum of the values observed so far.
    public var sum: Double { snapshot.sum }

    var snapshot: Snapshot { state.withLock { $0 } }
}
