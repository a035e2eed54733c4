/// How long a cached answer may be given again, which bounds how old one can be when an invalidation was lost.
package struct CacheLifetime: Hashable, Sendable {
    /// The time for something that is there.
    package let present: Duration
    /// The time for the answer that there is nothing; nil when that is not kept.
    package let absent: Duration?

    /// The longest that anything may be kept for.
    package static let longest: Duration = .seconds(3600)

    /// What is longer than an hour becomes an hour.
    package init(_ present: Duration, absent: Duration? = nil) {
        self.present = min(present, Self.longest)
        self.absent = absent.map { min($0, Self.longest) }
    }

    /// At most so many seconds.
    package static func seconds(_ present: Int64, absent: Int64? = nil) -> CacheLifetime {
        CacheLifetime(.seconds(present), absent: absent.map { .seconds($0) })
    }

    /// The time for one answer; `spread` between 0 and 1 takes up to a fifth away, so that what was stored together does
    /// not end together.
    func time(isPresent: Bool, spread: Double) -> Duration? {
        (isPresent ? present : absent).map { $0 * (1 - spread / 5) }
    }
}
