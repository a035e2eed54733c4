/// What clients saw while they wrote.
package struct WriterMeasurements: Equatable, Sendable {
    /// Writes that the server acknowledged and the journal holds as such.
    package internal(set) var acknowledged = 0
    /// Writes whose outcome nobody knows.
    package internal(set) var unknown = 0
    /// Writes that did not take effect.
    package internal(set) var refused = 0
    /// Errors that clients saw in place of an answer to a write, by SQLSTATE, or by another word where there is none.
    package internal(set) var errors: [String: Int] = [:]
    /// The same of attempts to connect.
    package internal(set) var connectErrors: [String: Int] = [:]
    /// How long acknowledged writes took, in the order of their ends.
    package internal(set) var latencies: [Duration] = []
    /// The longest time between two acknowledged writes, whoever made them, the time from the last one to the end
    /// included.
    package var longestGap: Duration { overall.longest }
    /// The longest such time of any one client.
    package var longestClientGap: Duration { perClient.values.map(\.longest).max() ?? .zero }

    private var overall = Gap()
    private var perClient: [Int: Gap] = [:]

    /// Nothing seen yet.
    package init() {}

    /// All errors together.
    package var errorCount: Int { errors.values.reduce(0, +) + connectErrors.values.reduce(0, +) }

    /// The time that this share of the acknowledged writes kept within, for example 0.99; nil without any.
    package func latency(_ share: Double) -> Duration? {
        let sorted = latencies.sorted()
        guard !sorted.isEmpty else { return nil }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    /// A client got its answer at `moment`, `latency` after it asked.
    package mutating func acknowledge(_ client: Int, at moment: ContinuousClock.Instant, after latency: Duration) {
        acknowledged += 1
        latencies.append(latency)
        overall.note(moment)
        perClient[client, default: Gap()].note(moment)
    }

    /// A client stops at `moment`: what it waited in vain since its last answer counts too.
    package mutating func end(_ client: Int, at moment: ContinuousClock.Instant) {
        overall.end(moment)
        perClient[client]?.end(moment)
    }

    mutating func fail(_ kind: JournalRecord.Kind, _ word: String?) {
        if kind == .unknown { unknown += 1 } else { refused += 1 }
        if let word { errors[word, default: 0] += 1 }
    }

    mutating func failConnecting(_ word: String) { connectErrors[word, default: 0] += 1 }
}

/// The longest pause in a row of moments, which need not come quite in order.
private struct Gap: Equatable, Sendable {
    private(set) var longest = Duration.zero
    private var last: ContinuousClock.Instant?

    mutating func note(_ moment: ContinuousClock.Instant) {
        end(moment)
        last = max(last ?? moment, moment)
    }

    mutating func end(_ moment: ContinuousClock.Instant) {
        if let last { longest = max(longest, last.duration(to: moment)) }
    }
}
