/// A week of the ISO calendar: it begins on a Monday and belongs to the year that has its Thursday.
public struct CalendarWeek: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The year that the week belongs to, which near its turn need not be the year of each of its days.
    public let year: Int
    /// From 1 to 53.
    public let number: Int

    /// The earlier one is less.
    public static func < (left: CalendarWeek, right: CalendarWeek) -> Bool {
        (left.year, left.number) < (right.year, right.number)
    }

    /// As ISO 8601 writes it, like `2026-W47`.
    public var description: String {
        DigitWriter.text { writer in
            writer.write(Int64(year), 4)
            writer.write("-")
            writer.write("W")
            writer.write(Int64(number), 2)
        }
    }
}

/// A month of a year.
public struct CalendarMonth: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The year.
    public let year: Int
    /// From 1 to 12.
    public let number: Int

    /// The earlier one is less.
    public static func < (left: CalendarMonth, right: CalendarMonth) -> Bool {
        (left.year, left.number) < (right.year, right.number)
    }

    /// For people, like `November 2026`.
    public var description: String { "\(CalendarMonth.names[number - 1]) \(year)" }

    private static let names = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}

extension Timestamp {
    /// Midnight of its day, UTC.
    public var startOfDay: Timestamp { Timestamp(seconds: daysSinceEpoch * 86_400) }

    /// The week of the ISO calendar that it is in, UTC.
    public var week: CalendarWeek {
        // 1970 began on a Thursday, and a week is of the year and of the number that its Thursday has.
        let thursday = daysSinceEpoch - (daysSinceEpoch + 3).flooredDivision(by: 7).remainder + 3
        let year = civil(fromDays: thursday).year
        let first = daysFromCivil(year: year, month: 1, day: 1)
        return CalendarWeek(year: Int(year), number: Int((thursday - first) / 7 + 1))
    }

    /// The month that it is in, UTC.
    public var month: CalendarMonth {
        let (year, month, _) = civil(fromDays: daysSinceEpoch)
        return CalendarMonth(year: Int(year), number: Int(month))
    }

    private var daysSinceEpoch: Int64 { microseconds.flooredDivision(by: 86_400_000_000).quotient }
}
