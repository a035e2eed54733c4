import Basics

/// How much each of many may do in a time: a bucket for each, which fills by and by up to its size; whoever finds it
/// empty waits. Without a clock of its own.
struct TokenBuckets<Key: Hashable & Sendable>: Sendable {
    /// What came of asking for one.
    struct Verdict: Hashable, Sendable {
        /// Whether there was one.
        let isGranted: Bool
        /// How many are left.
        let remaining: Int
        /// How long until the bucket is full again, or until there is one when there was none.
        let wait: Duration
    }

    private struct Bucket: Sendable {
        var tokens: Double
        var at: Duration
    }

    /// How many a full bucket has.
    let size: Int
    /// How long it takes to fill an empty one.
    let window: Duration
    private let bucketMax: Int
    private var buckets: [Key: Bucket] = [:]

    init(size: Int, window: Duration, bucketMax: Int = 50_000) {
        self.size = size
        self.window = window
        self.bucketMax = bucketMax
    }

    private var perSecond: Double { Double(size) / window.seconds }

    private func level(_ bucket: Bucket, _ now: Duration) -> Double {
        min(Double(size), bucket.tokens + max(0, (now - bucket.at).seconds) * perSecond)
    }

    /// Takes one out of a key's bucket, if there is one.
    mutating func take(_ key: Key, at now: Duration) -> Verdict {
        if buckets.count >= bucketMax, buckets[key] == nil { forgetFull(now) }
        let level = buckets[key].map { self.level($0, now) } ?? Double(size)
        // Rounding must not keep back what is due.
        guard level >= 1 - 1e-9 else {
            return Verdict(isGranted: false, remaining: 0, wait: .seconds((1 - level) / perSecond))
        }
        let rest = max(0, level - 1)
        buckets[key] = Bucket(tokens: rest, at: now)
        return Verdict(isGranted: true, remaining: Int(rest), wait: .seconds((Double(size) - rest) / perSecond))
    }

    /// Puts one back.
    mutating func giveBack(_ key: Key, at now: Duration) {
        guard let bucket = buckets[key] else { return }
        buckets[key] = Bucket(tokens: min(Double(size), level(bucket, now) + 1), at: now)
    }

    /// How many are not full, or were not when somebody last asked.
    var count: Int { buckets.count }

    /// A full bucket is as none. When too many are not full, those that are nearest to it are given up.
    private mutating func forgetFull(_ now: Duration) {
        buckets = buckets.filter { level($0.value, now) < Double(size) }
        guard buckets.count >= bucketMax else { return }
        let fullest = buckets.sorted { level($0.value, now) > level($1.value, now) }.prefix(bucketMax / 4)
        for (key, _) in fullest { buckets[key] = nil }
    }
}
