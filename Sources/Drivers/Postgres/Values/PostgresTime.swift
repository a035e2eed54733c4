public import Basics

/// A `time`: what a clock shows, from 00:00 to 24:00.
public struct PostgresTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Microseconds since midnight.
    public let microseconds: Int64

    private static let day: Int64 = 86_400_000_000

    /// A time by its microseconds since midnight; nil when a day has not so many.
    public init?(microseconds: Int64) {
        guard (0...Self.day).contains(microseconds) else { return nil }
        self.microseconds = microseconds
    }

    /// A time by hour, minute and second; nil when there is none such.
    public init?(hour: Int, minute: Int, second: Int = 0) {
        guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second) else { return nil }
        microseconds = Int64(hour * 3600 + minute * 60 + second) * 1_000_000
    }

    /// The earlier one is less.
    public static func < (left: PostgresTime, right: PostgresTime) -> Bool { left.microseconds < right.microseconds }

    /// Like `09:30:00`, with six digits of fraction where there is one.
    public var description: String {
        DigitWriter.text { $0.write(microsecondsOfDay: microseconds) }
    }
}

extension PostgresTime: PostgresElement, PostgresCodable {
    /// `time without time zone`.
    public static var postgresType: PostgresType { .time }

    /// `time` only.
    public static func isReadable(from type: PostgresType) -> Bool { type == .time }

    /// Reads the microseconds.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        guard let time = PostgresTime(microseconds: try reader.integer()) else {
            throw PostgresValueFault("no clock shows this time")
        }
        self = time
    }

    /// Writes the microseconds.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        writer.write(integer: microseconds)
    }
}

/// An `interval`: months, days and microseconds apart, because months and days differ in length.
public struct PostgresInterval: Hashable, Sendable {
    /// Months.
    public var months: Int32
    /// Days.
    public var days: Int32
    /// The rest.
    public var microseconds: Int64

    /// An interval by its parts.
    public init(months: Int32 = 0, days: Int32 = 0, microseconds: Int64 = 0) {
        self.months = months
        self.days = days
        self.microseconds = microseconds
    }

    /// A duration, without days or months.
    public init(_ duration: Duration) { self.init(microseconds: duration.microseconds) }

    /// The duration of an interval that has neither months nor days; nil for the others.
    public var duration: Duration? { months == 0 && days == 0 ? .microseconds(microseconds) : nil }
}

extension PostgresInterval: PostgresElement, PostgresCodable {
    /// `interval`.
    public static var postgresType: PostgresType { .interval }

    /// `interval` only.
    public static func isReadable(from type: PostgresType) -> Bool { type == .interval }

    /// Reads the three parts.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        microseconds = try reader.integer()
        days = try reader.integer()
        months = try reader.integer()
    }

    /// Writes the three parts.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        writer.write(integer: microseconds)
        writer.write(integer: days)
        writer.write(integer: months)
    }
}

extension Timestamp: PostgresElement, PostgresCodable {
    /// PostgreSQL counts from 2000-01-01.
    private static let epoch: Int64 = 946_684_800_000_000

    /// `timestamp with time zone`. Its infinities are the greatest and the least count there is.
    public static var postgresType: PostgresType { .timestamptz }

    /// `timestamptz` only: the other kind is no moment.
    public static func isReadable(from type: PostgresType) -> Bool { type == .timestamptz }

    /// Reads the count of microseconds.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        let count = try reader.integer(Int64.self)
        let (moment, isTooLate) = count.addingReportingOverflow(Self.epoch)
        if count == .max || count == .min {
            self.init(microseconds: count)
        } else if isTooLate {
            throw PostgresValueFault("the moment is too late")
        } else {
            self.init(microseconds: moment)
        }
    }

    /// Writes the count of microseconds.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        if microseconds == .max || microseconds == .min { return writer.write(integer: microseconds) }
        let (count, isTooEarly) = microseconds.subtractingReportingOverflow(Self.epoch)
        guard !isTooEarly else { throw PostgresValueFault("the moment is too early") }
        writer.write(integer: count)
    }
}
