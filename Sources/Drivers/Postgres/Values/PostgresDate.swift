public import Basics

/// A `date`: a day of the Gregorian calendar, also before there was one.
public struct PostgresDate: Hashable, Comparable, Sendable {
    /// Days since 2000-01-01.
    public var days: Int32

    /// A day by its count.
    public init(days: Int32) { self.days = days }

    /// Later than every day.
    public static let infinity = PostgresDate(days: .max)
    /// Earlier than every day.
    public static let negativeInfinity = PostgresDate(days: .min)

    /// The earlier one is less.
    public static func < (left: PostgresDate, right: PostgresDate) -> Bool { left.days < right.days }

    /// A day of the calendar; nil for one that the server does not know.
    public init?(_ date: CivilDate) {
        guard (-4713...5_874_897).contains(date.year) else { return nil }
        days = Int32(date.days - Self.epoch)
    }

    /// A day by its name; nil when there is none such. The year before 1 is 0.
    public init?(year: Int, month: Int, day: Int) {
        guard let date = CivilDate(year: year, month: month, day: day) else { return nil }
        self.init(date)
    }

    /// 2000-01-01.
    private static let epoch = 10_957

    /// The day of the calendar; that of an infinity means nothing.
    public var date: CivilDate { CivilDate(days: Int(days) + Self.epoch) }

    /// The year, the month and the day of the month.
    public var civil: (year: Int, month: Int, day: Int) { date.civil }
}

extension PostgresDate: CustomStringConvertible {
    /// As ISO 8601 has it, like `2026-03-01`; `infinity` and `-infinity`.
    public var description: String {
        if self == .infinity { return "infinity" }
        if self == .negativeInfinity { return "-infinity" }
        return date.description
    }
}

extension PostgresDate: PostgresElement, PostgresCodable {
    /// `date`.
    public static var postgresType: PostgresType { .date }

    /// `date` only.
    public static func isReadable(from type: PostgresType) -> Bool { type == .date }

    /// Reads the count of days.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        self.init(days: try reader.integer())
    }

    /// Writes the count of days.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) { writer.write(integer: days) }
}
