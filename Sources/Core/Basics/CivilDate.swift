/// A day of the Gregorian calendar, also before there was one, and of no place in particular.
public struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public var days: Int

    /// A day by its count.
    public init(days: Int) { self.days = days }

    /// A day by its name; nil when there is none such. The year before 1 is 0.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (1...31).contains(day), year.magnitude < 10_000_000 else { return nil }
        days = Int(daysFromCivil(year: Int64(year), month: Int64(month), day: Int64(day)))
        guard self.day == day else { return nil }
    }

    /// Reads `2026-03-29`; nil for anything else.
    public init?(_ text: String) {
        var scanner = DigitScanner(text)
        guard let date = scanner.date(), scanner.isAtEnd else { return nil }
        self = date
    }

    /// The day of a moment, UTC.
    public init(_ moment: Timestamp) { self = WallTime(microseconds: moment.microseconds).date }

    /// The year, the month and the day of the month.
    public var civil: (year: Int, month: Int, day: Int) {
        let (year, month, day) = Basics.civil(fromDays: Int64(days))
        return (Int(year), Int(month), Int(day))
    }

    /// The year.
    public var year: Int { civil.year }
    /// From 1 to 12.
    public var month: Int { civil.month }
    /// From 1 to 31.
    public var day: Int { civil.day }
    /// From 1, a Monday, to 7, a Sunday.
    public var weekday: Int { Int((Int64(days) + 3).flooredDivision(by: 7).remainder) + 1 }

    /// The earlier one is less.
    public static func < (left: CivilDate, right: CivilDate) -> Bool { left.days < right.days }

    /// The day so many days later.
    public static func + (date: CivilDate, days: Int) -> CivilDate { CivilDate(days: date.days + days) }
}

extension CivilDate: CustomStringConvertible {
    /// As ISO 8601 has it, like `2026-03-01`.
    public var description: String {
        DigitWriter.text { $0.write(Basics.civil(fromDays: Int64(days))) }
    }
}
