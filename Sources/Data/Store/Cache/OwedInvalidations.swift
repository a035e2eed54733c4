/// The keys whose invalidation did not reach Redis. Until they are deleted there, nothing is read from it.
///
/// Invariant: bounded. When too many are owed to remember them all, only the end of everything that was stored before
/// helps, after the longest lifetime.
struct OwedInvalidations {
    private let max: Int
    private var keys: Set<StoredKey> = []
    /// When everything stored before has ended by itself; nil while all keys are known.
    private var settledAt: ContinuousClock.Instant?

    init(max: Int) { self.max = max }

    /// Whether there is anything.
    var isEmpty: Bool { keys.isEmpty && settledAt == nil }

    /// Remembers keys.
    mutating func add(_ new: [StoredKey], now: ContinuousClock.Instant) {
        keys.formUnion(new)
        guard keys.count > max || settledAt != nil else { return }
        keys = []
        settledAt = now + CacheLifetime.longest
    }

    /// What can be deleted now; nil while nothing helps but time.
    mutating func next(now: ContinuousClock.Instant) -> [StoredKey]? {
        if let settledAt, now < settledAt { return nil }
        settledAt = nil
        return Array(keys.prefix(500))
    }

    /// These were deleted.
    mutating func settled(_ done: [StoredKey]) { keys.subtract(done) }
}
