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

    /// A day by its name; nil when there is none such. The year before 1 is 0.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (1...31).contains(day), (-4713...5_874_897).contains(year) else { return nil }
        // Years begin on 1 March here, so that the day that may be missing is the last.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        guard let days = Int32(exactly: era * Self.daysOfEra + dayOfEra - Self.firstMarchToEpoch) else { return nil }
        self.days = days
        guard civil == (year, month, day) else { return nil }
    }

    private static let daysOfEra = 146_097
    /// From 1 March of the year 0 to 1 January 2000.
    private static let firstMarchToEpoch = 730_425

    /// The year, the month and the day of the month.
    public var civil: (year: Int, month: Int, day: Int) {
        let shifted = Int(days) + Self.firstMarchToEpoch
        let era = (shifted >= 0 ? shifted : shifted - Self.daysOfEra + 1) / Self.daysOfEra
        let dayOfEra = shifted - era * Self.daysOfEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let civilMonth = month < 10 ? month + 3 : month - 9
        return (
            yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0), civilMonth, dayOfYear - (153 * month + 2) / 5 + 1
        )
    }
}

extension PostgresDate: CustomStringConvertible {
    /// As ISO 8601 has it, like `2026-03-01`; `infinity` and `-infinity`.
    public var description: String {
        if self == .infinity { return "infinity" }
        if self == .negativeInfinity { return "-infinity" }
        let (year, month, day) = civil
        let sign = year < 0 ? "-" : ""
        return "\(sign)\(padded(Int(year.magnitude), 4))-\(padded(month, 2))-\(padded(day, 2))"
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

func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
