import Basics

/// What one turn of a contender gave. What it does not tell is nil.
struct Sample: Sendable {
    /// Operations in a second.
    var rate: Double
    /// Microseconds of processor time of the contender's own process for one operation.
    var processorTime: Double?
    /// Milliseconds that half of the operations took at most.
    var median: Double?
    /// Milliseconds that 99 in 100 operations took at most.
    var tail: Double?
    /// Megabytes of memory after the turn.
    var memory: Double?
    /// Milliseconds until all clients were connected.
    var connecting: Double?
    /// Seconds of the whole turn's work.
    var elapsed: Double?
    /// Seconds that what was looked at was old, in half of the looks at most.
    var ageMedian: Double?
    /// Seconds that it was old at most.
    var ageWorst: Double?

    /// So many operations in so long.
    init(
        _ operations: Int, in time: Duration, processorTime: Double? = nil, median: Double? = nil, tail: Double? = nil,
        memory: Double? = nil, connecting: Double? = nil
    ) {
        rate = Double(operations) / (Double(time.microseconds) / 1e6)
        elapsed = time.seconds
        self.processorTime = processorTime
        self.median = median
        self.tail = tail
        self.memory = memory
        self.connecting = connecting
    }

    /// How old something was at each look, in seconds.
    init(ages: [Double]) {
        let sorted = ages.sorted()
        rate = .nan
        ageMedian = sorted.isEmpty ? nil : sorted[sorted.count / 2]
        ageWorst = sorted.last
    }
}
