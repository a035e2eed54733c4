import Basics

/// When clocks are put forward and back in every year, as POSIX writes it in `TZ`: what holds behind the last change
/// that a zone's file lists.
struct YearlyRule: Hashable {
    /// The offset while the clocks are not put forward.
    let standard: Int
    /// The other one; nil where the offset never changes.
    let daylight: Daylight?

    /// The other part of the year.
    struct Daylight: Hashable {
        let offset: Int
        let begins: YearlyMoment
        let ends: YearlyMoment
    }

    func offset(at second: Int64) -> Int {
        guard daylight != nil else { return standard }
        // Whatever the hour, it was some year at most a year ago.
        return changes(inYearsFrom: second - 366 * 86_400, until: second).last { $0.second <= second }?.offset
            ?? standard
    }

    /// The changes later than one moment and not later than another.
    func changes(from: Int64, until: Int64) -> [ZoneChange] {
        changes(inYearsFrom: from, until: until).filter { $0.second > from && $0.second <= until }
    }

    private func changes(inYearsFrom from: Int64, until: Int64) -> [ZoneChange] {
        guard let daylight else { return [] }
        // A day's slack on both sides: the years are those of the place.
        let years = year(of: from - 86_400 * 8)...year(of: until + 86_400 * 8)
        let changes = years.flatMap { year in
            [
                ZoneChange(second: daylight.ends.second(in: year, offset: daylight.offset), offset: standard),
                ZoneChange(second: daylight.begins.second(in: year, offset: standard), offset: daylight.offset),
            ]
        }
        // Where the end of one year is the beginning of the next one, the clocks stay put forward.
        return changes.enumerated().sorted { left, right in
            (left.element.second, left.element.offset == daylight.offset ? 1 : 0, left.offset)
                < (right.element.second, right.element.offset == daylight.offset ? 1 : 0, right.offset)
        }.map(\.element)
    }

    private func year(of second: Int64) -> Int { CivilDate(Timestamp(seconds: second)).year }
}

/// A moment of each year by the local clock.
struct YearlyMoment: Hashable {
    /// How a day of each year is named.
    enum Day: Hashable {
        /// From 1 to 365, where 29 February is never counted.
        case withoutLeapDay(Int)
        /// From 0 to 365.
        case ofYear(Int)
        /// The first to the fourth of a day of the week in a month, or with 5 its last; 0 is a Sunday.
        case ofWeek(month: Int, week: Int, weekday: Int)
    }

    let day: Day
    /// From midnight, before or behind the day itself too.
    let seconds: Int

    func second(in year: Int, offset: Int) -> Int64 { Int64(days(in: year)) * 86_400 + Int64(seconds - offset) }

    private func days(in year: Int) -> Int {
        let newYear = first(of: 1, in: year).days
        switch day {
        case .ofYear(let number): return newYear + number
        case .withoutLeapDay(let number):
            let march = first(of: 3, in: year).days
            return newYear + number - 1 + (number >= 60 && march - newYear == 60 ? 1 : 0)
        case .ofWeek(let month, let week, let weekday):
            let first = first(of: month, in: year)
            let next = month == 12 ? self.first(of: 1, in: year + 1) : self.first(of: month + 1, in: year)
            var days = first.days + (weekday - first.weekday % 7 + 7) % 7 + (week - 1) * 7
            if days >= next.days { days -= 7 }
            return days
        }
    }

    private func first(of month: Int, in year: Int) -> CivilDate {
        CivilDate(year: year, month: month, day: 1) ?? CivilDate(days: 0)
    }
}
