import Basics

/// How often and when a migration that did not get its locks tries again: pauses grow, so that whoever queued behind it
/// gets through, and end with the budget.
struct LockBudget {
    private let lockTimeout: Duration
    private let total: Duration
    private let begin: ContinuousClock.Instant
    private var random: SeededRandom
    private(set) var attempts = 1

    init(_ settings: MigrationSettings, at now: ContinuousClock.Instant) {
        lockTimeout = settings.lockTimeout
        total = settings.lockBudget
        begin = now
        random = SeededRandom(seed: settings.seed)
    }

    /// How long to pause before the next attempt; nil when the budget allows none.
    mutating func pause(at now: ContinuousClock.Instant) -> Duration? {
        let longest = min(lockTimeout * (1 << min(attempts - 1, 3)), .seconds(10))
        let pause = longest * Double.random(in: 0.5...1, using: &random)
        guard now - begin + pause + lockTimeout <= total else { return nil }
        attempts += 1
        return pause
    }

    /// What has been used of it.
    func spent(at now: ContinuousClock.Instant) -> Duration { now - begin }
}
