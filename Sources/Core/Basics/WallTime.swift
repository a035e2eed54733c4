/// What calendar and clock of a place show. It is a moment only where it is known of which place.
public struct WallTime: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00 by the same calendar and clock.
    public var microseconds: Int64

    private static let day: Int64 = 86_400_000_000

    /// A reading by its count.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// A time of a day; 24 hours after its midnight is the next day's. Days that no `Timestamp` reaches are taken for the
    /// last ones that it does.
    public init(_ date: CivilDate, sinceMidnight: Duration = .zero) {
        let days = min(max(Int64(date.days), -Self.daysMax), Self.daysMax)
        microseconds = days * Self.day + sinceMidnight.microseconds
    }

    private static let daysMax: Int64 = 106_000_000

    /// Reads `2026-03-29T02:30`, with seconds and up to six digits of fraction where they are there; nil for anything
    /// else, an offset included.
    public init?(_ text: String) {
        var scanner = DigitScanner(text)
        guard let date = scanner.date(), scanner.take("T"), let hour = scanner.digits(2), scanner.take(":"),
            let minute = scanner.digits(2), hour < 24, minute < 60
        else { return nil }
        var micros = (hour * 60 + minute) * 60_000_000
        if scanner.take(":") {
            guard let second = scanner.digits(2), second < 60 else { return nil }
            micros += second * 1_000_000
            if scanner.take(".") {
                guard let fraction = scanner.fraction() else { return nil }
                micros += fraction
            }
        }
        guard scanner.isAtEnd else { return nil }
        microseconds = Int64(date.days) * Self.day + micros
    }

    /// The day.
    public var date: CivilDate { CivilDate(days: Int(microseconds.flooredDivision(by: Self.day).quotient)) }

    /// What the clock shows.
    public var sinceMidnight: Duration { .microseconds(microseconds.flooredDivision(by: Self.day).remainder) }

    /// The earlier reading is less.
    public static func < (left: WallTime, right: WallTime) -> Bool { left.microseconds < right.microseconds }

    /// The reading of a clock that nobody turned, so much later.
    public static func + (reading: WallTime, duration: Duration) -> WallTime {
        WallTime(microseconds: reading.microseconds + duration.microseconds)
    }
}

extension WallTime: CustomStringConvertible {
    /// Like `2026-03-29T02:30:00`, with six digits of fraction where there is one.
    public var description: String {
        DigitWriter.text { writer in
            writer.write(civil(fromDays: Int64(date.days)))
            writer.write("T")
            writer.write(microsecondsOfDay: sinceMidnight.microseconds)
        }
    }
}
