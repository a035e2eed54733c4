import Basics
package import Configuration

/// For how long backups are kept, in days.
package struct RetentionPolicy: Hashable, Sendable {
    /// How long everything is kept, so that each second of it can be had back.
    package var daily: Int
    /// How long the first full backup of a week is kept.
    package var weekly: Int
    /// How long the first full backup of a month is kept.
    package var monthly: Int

    /// A policy.
    package init(daily: Int, weekly: Int, monthly: Int) {
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
    }

    /// That of the configuration.
    package init(_ backups: Configuration.Backups) {
        self.init(daily: backups.keepDaily, weekly: backups.keepWeekly, monthly: backups.keepMonthly)
    }

    /// Since when everything is kept, when it is `moment`.
    func dailyStart(at moment: Timestamp) -> Timestamp { moment + .seconds(-daily * 86_400) }

    /// For each of some moments, which must be in their order, whether it is the first of a week or of a month that are
    /// kept when it is `now`.
    func firsts(of moments: [Timestamp], at now: Timestamp) -> [[KeepingReason]] {
        var weeks: Set<CalendarWeek> = []
        var months: Set<CalendarMonth> = []
        return moments.map { moment in
            var reasons: [KeepingReason] = []
            let (week, month) = (moment.week, moment.month)
            if weeks.insert(week).inserted, moment > now + .seconds(-weekly * 86_400) { reasons.append(.week(week)) }
            if months.insert(month).inserted, moment > now + .seconds(-monthly * 86_400) {
                reasons.append(.month(month))
            }
            return reasons
        }
    }
}
