package import Basics

/// Why a backup stays.
package enum KeepingReason: Hashable, Sendable, CustomStringConvertible {
    /// None is newer.
    case newest
    /// None is newer, and there is none without errors.
    case newestThoughDamaged
    /// It was made in the last so many days.
    case recent(days: Int)
    /// It was done before the last so many days began, and none was done between it and their beginning.
    case reach(days: Int)
    /// It is the first sound full one of a week.
    case week(CalendarWeek)
    /// It is the first sound full one of a month.
    case month(CalendarMonth)
    /// A kept one cannot be restored without it, or would be removed with it.
    case support(of: String)

    /// In words.
    package var description: String {
        switch self {
        case .newest: "newest"
        case .newestThoughDamaged: "newest, though pages of it have wrong checksums"
        case .recent(let days): "within \(days) \(days == 1 ? "day" : "days")"
        case .reach(let days): "the oldest second of the last \(days) \(days == 1 ? "day" : "days") is reached from it"
        case .week(let week): "first full of week \(week)"
        case .month(let month): "first full of \(month)"
        case .support(let label): "\(label), which is kept, stands on it"
        }
    }
}

/// Why a backup goes.
package enum ExpiryReason: Hashable, Sendable, CustomStringConvertible {
    /// It is older than so many days.
    case old(days: Int)
    /// It is full and older than so many days, and not the first of a week or a month that is kept.
    case notFirst(days: Int)
    /// It is older than so many days, and it or what it stands on has errors.
    case damaged(days: Int)
    /// It cannot be restored, because that one is not there.
    case orphan(of: String)

    /// In words.
    package var description: String {
        switch self {
        case .old(let days): "older than \(days) \(days == 1 ? "day" : "days")"
        case .notFirst(let days):
            "older than \(days) \(days == 1 ? "day" : "days"), and not the first full of a week or month that is kept"
        case .damaged(let days):
            "older than \(days) \(days == 1 ? "day" : "days"), and pages of it have wrong checksums"
        case .orphan(let label): "\(label), on which it stands, is not there"
        }
    }
}
