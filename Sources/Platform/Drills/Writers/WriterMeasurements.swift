/// What clients saw while they wrote.
package struct WriterMeasurements: Equatable, Sendable {
    /// A server said that a write is committed.
    package struct Acknowledgement: Equatable, Sendable {
        /// When.
        package var moment: ContinuousClock.Instant
        /// The address and port at which that server was reached; nil when it was its socket.
        package var server: String?

        /// Describes an acknowledgement.
        package init(moment: ContinuousClock.Instant, server: String?) {
            self.moment = moment
            self.server = server
        }
    }

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
    /// The same writes: when, and by whom.
    package internal(set) var acknowledgements: [Acknowledgement] = []
    /// The longest that a client waited from wanting to write until a write of its own was acknowledged, be it not the
    /// first that it tried. What a client rests between two writes does not count.
    package private(set) var longestStall = Duration.zero
    /// The longest time between two acknowledged writes, whoever made them, the time from the last one to the end
    /// included.
    package var longestGap: Duration { overall.longest }
    /// The longest such time of any one client.
    package var longestClientGap: Duration { perClient.values.map(\.longest).max() ?? .zero }

    private var overall = Gap()
    private var perClient: [Int: Gap] = [:]
    /// Since when clients want to write that have not yet.
    private var wanting: [Int: ContinuousClock.Instant] = [:]

    /// Nothing seen yet.
    package init() {}

    /// All errors together.
    package var errorCount: Int { errors.values.reduce(0, +) + connectErrors.values.reduce(0, +) }

    /// The errors by their words, those of attempts to connect included.
    package var allErrors: [String: Int] { errors.merging(connectErrors, uniquingKeysWith: +) }

    /// How many clients have had a write acknowledged.
    package var clients: Int { perClient.count }

    /// The time that this share of the acknowledged writes kept within, for example 0.99; nil without any.
    package func latency(_ share: Double) -> Duration? {
        let sorted = latencies.sorted()
        guard !sorted.isEmpty else { return nil }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    /// A client wants to write, and goes on wanting until a write of its own is acknowledged.
    package mutating func want(_ client: Int, at moment: ContinuousClock.Instant) {
        if wanting[client] == nil { wanting[client] = moment }
    }

    /// A client got its answer at `moment`, `latency` after it asked.
    package mutating func acknowledge(
        _ client: Int, at moment: ContinuousClock.Instant, after latency: Duration, by server: String? = nil
    ) {
        acknowledged += 1
        latencies.append(latency)
        acknowledgements.append(Acknowledgement(moment: moment, server: server))
        stopWanting(client, at: moment)
        overall.note(moment)
        perClient[client, default: Gap()].note(moment)
    }

    /// A client stops at `moment`: what it waited in vain since its last answer counts too.
    package mutating func end(_ client: Int, at moment: ContinuousClock.Instant) {
        overall.end(moment)
        perClient[client]?.end(moment)
        stopWanting(client, at: moment)
    }

    /// Counts stalls from now on, those that last included.
    package mutating func forgetStalls() { longestStall = .zero }

    private mutating func stopWanting(_ client: Int, at moment: ContinuousClock.Instant) {
        guard let since = wanting.removeValue(forKey: client) else { return }
        longestStall = max(longestStall, since.duration(to: moment))
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
