import Basics
import JSONText
package import Postgres

extension SlotRules {
    /// The rules that a salon's settings name under `booking`: `step_minutes`, `notice_minutes`, `horizon_days`.
    package init(settings: PostgresJSON) throws {
        self.init()
        let booking = try JSON(reading: settings.text)["booking"] ?? .object([])
        if let minutes = try Self.number("step_minutes", 1...1440, booking) { step = .seconds(60 * minutes) }
        if let minutes = try Self.number("notice_minutes", 0...525_600, booking) { notice = .seconds(60 * minutes) }
        if let days = try Self.number("horizon_days", 1...1000, booking) { horizon = .seconds(86_400 * days) }
    }

    private static func number(_ name: String, _ range: ClosedRange<Int>, _ booking: JSON) throws -> Int? {
        guard let value = booking[name] else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw ParlorError(
                .malformed, "the salon's setting booking.\(name) cannot be used",
                hint: "Set it to a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}
