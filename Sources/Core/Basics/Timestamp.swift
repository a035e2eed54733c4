import CClock

/// A moment of the wall clock in microseconds since 1970, UTC, as PostgreSQL counts them.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var microseconds: Int64

    /// A moment by its count.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// A moment by whole seconds since 1970.
    public init(seconds: Int64) { self.init(microseconds: seconds * 1_000_000) }

    /// Now, after the machine's clock.
    public static func now() -> Timestamp { Timestamp(microseconds: parlor_wall_clock()) }

    /// The earlier one is less.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    /// The moment `duration` later.
    public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(microseconds: moment.microseconds + duration.microseconds)
    }

    /// The time between two moments.
    public static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        .microseconds(later.microseconds - earlier.microseconds)
    }

    /// RFC 3339 in UTC with milliseconds, like `2026-03-01T09:30:00.250Z`.
    public var rfc3339: String { format(fraction: true) }

    /// RFC 3339 in UTC without a fraction, like `2026-03-01T09:30:00Z`.
    public var rfc3339Seconds: String { format(fraction: false) }

    private func format(fraction: Bool) -> String {
        let (seconds, rest) = microseconds.flooredDivision(by: 1_000_000)
        let (days, ofDay) = seconds.flooredDivision(by: 86_400)
        return DigitWriter.text { writer in
            writer.write(civil(fromDays: days))
            writer.write("T")
            writer.write(secondsOfDay: ofDay)
            if fraction {
                writer.write(".")
                writer.write(rest / 1000, 3)
            }
            writer.write("Z")
        }
    }

    /// Reads RFC 3339 with `Z` or an offset and up to six digits of fraction; nil for anything else.
    public init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let date = scanner.date(), scanner.take("T"), let hour = scanner.digits(2), scanner.take(":"),
            let minute = scanner.digits(2), scanner.take(":"), let second = scanner.digits(2), hour < 24, minute < 60,
            second < 60
        else { return nil }
        var micros: Int64 = 0
        if scanner.take(".") {
            guard let fraction = scanner.fraction() else { return nil }
            micros = fraction
        }
        guard let offset = scanner.offsetMinutes(), scanner.isAtEnd else { return nil }
        let ofDay = hour * 3600 + minute * 60 + second - offset * 60
        self.init(microseconds: (Int64(date.days) * 86_400 + ofDay) * 1_000_000 + micros)
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC.
    public var description: String { rfc3339 }
}

extension Duration {
    /// Whole microseconds, rounded towards zero.
    public var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    /// Whole milliseconds, rounded towards zero.
    public var milliseconds: Int64 { microseconds / 1000 }

    /// Seconds with a fraction.
    public var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

extension Int64 {
    /// Quotient and remainder of a division that rounds down, so that the remainder is never negative.
    func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

// The proleptic Gregorian calendar in eras of 400 years that begin on 1 March.

func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
}

func daysFromCivil(year: Int64, month: Int64, day: Int64) -> Int64 {
    let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooredDivision(by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

/// Reads fixed-width digits off the front of a text.
struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func digits(_ count: Int) -> Int64? {
        guard rest.count >= count else { return nil }
        var value: Int64 = 0
        for byte in rest.prefix(count) {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        rest.removeFirst(count)
        return value
    }

    mutating func date() -> CivilDate? {
        guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2) else { return nil }
        return CivilDate(year: Int(year), month: Int(month), day: Int(day))
    }

    mutating func fraction() -> Int64? {
        let count = rest.prefix { (48...57).contains($0) }.count
        guard (1...6).contains(count), var value = digits(count) else { return nil }
        for _ in count..<6 { value *= 10 }
        return value
    }

    mutating func offsetMinutes() -> Int64? {
        if take("Z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = digits(2), take(":"), let minutes = digits(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
