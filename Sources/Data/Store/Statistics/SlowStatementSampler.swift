/// Decides which slow statements are worth a line of the log; knows neither clock nor log.
///
/// Invariant: of one statement at most one line comes in each `interval`, and at most one plan in each `planInterval`,
/// however many are slow. What was left out is counted and stands in the next line.
struct SlowStatementSampler {
    enum Decision: Equatable {
        /// It was not slow.
        case fast
        /// It was slow, and there is no line about it.
        case suppress
        /// A line, which says how many were left out before it.
        case log(suppressed: Int, wantsPlan: Bool)
    }

    private struct Memory {
        var lastLine: ContinuousClock.Instant?
        var lastPlan: ContinuousClock.Instant?
        var suppressed = 0
    }

    private let limits: SlowStatementLimits
    private var memories: [String: Memory] = [:]

    init(_ limits: SlowStatementLimits) { self.limits = limits }

    /// Decides about one run; `chance` is a random number between 0 and 1.
    mutating func decide(
        _ name: String, took duration: Duration, now: ContinuousClock.Instant, chance: Double
    ) -> Decision {
        guard duration >= limits.threshold else { return .fast }
        guard memories[name] != nil || memories.count < limits.statementsMax else { return .suppress }
        var memory = memories[name] ?? Memory()
        defer { memories[name] = memory }
        guard chance < limits.sampleRate, Self.isOver(limits.interval, since: memory.lastLine, now) else {
            memory.suppressed += 1
            return .suppress
        }
        let wantsPlan = Self.isOver(limits.planInterval, since: memory.lastPlan, now)
        let suppressed = memory.suppressed
        memory = Memory(lastLine: now, lastPlan: wantsPlan ? now : memory.lastPlan)
        return .log(suppressed: suppressed, wantsPlan: wantsPlan)
    }

    private static func isOver(
        _ interval: Duration, since last: ContinuousClock.Instant?, _ now: ContinuousClock.Instant
    ) -> Bool {
        last.map { now - $0 >= interval } ?? true
    }
}

/// Which statements are slow, and how much is said about them.
package struct SlowStatementLimits: Hashable, Sendable {
    /// What takes at least so long is slow.
    package var threshold: Duration = .milliseconds(200)
    /// Which part of the slow ones is looked at, between 0 and 1.
    package var sampleRate = 1.0
    /// The shortest time between two lines about one statement.
    package var interval: Duration = .seconds(30)
    /// The shortest time between two plans of one statement.
    package var planInterval: Duration = .seconds(600)
    /// How many statements are remembered.
    package var statementsMax = 1000

    /// The defaults.
    package init() {}
}
