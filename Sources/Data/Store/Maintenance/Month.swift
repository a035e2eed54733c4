package import Basics

/// A calendar month in UTC: what one partition holds.
package struct Month: Hashable, Comparable, Sendable {
    // Counted from the year 0, so that going on is adding.
    private var number: Int

    /// The month of a year, counted from 1.
    package init(year: Int, month: Int) { number = year * 12 + month - 1 }

    /// The month that a moment is in.
    package init(_ moment: Timestamp) {
        let text = moment.rfc3339Seconds.split(separator: "-")
        self.init(year: Int(text[0]) ?? 1970, month: Int(text[1]) ?? 1)
    }

    /// The month that a partition's name ends with, like `2026_11`; nil for anything else.
    package init?(name: some StringProtocol) {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, let year = Int(parts[0]), let month = Int(parts[1]), (1...12).contains(month) else {
            return nil
        }
        self.init(year: year, month: month)
        guard self.name == name else { return nil }
    }

    /// As partitions are named: `2026_11`.
    package var name: String { "\(digits(number / 12, 4))_\(digits(number % 12 + 1, 2))" }

    /// Its first day as PostgreSQL reads it: `2026-11-01`.
    package var firstDay: String { "\(digits(number / 12, 4))-\(digits(number % 12 + 1, 2))-01" }

    /// The month so many later.
    package static func + (month: Month, count: Int) -> Month {
        var later = month
        later.number += count
        return later
    }

    /// The month so many earlier.
    package static func - (month: Month, count: Int) -> Month { month + -count }

    /// From it to another one, both included; none when that is earlier.
    package func through(_ last: Month) -> [Month] {
        last < self ? [] : (number...last.number).map { self + ($0 - number) }
    }

    /// The earlier one is less.
    package static func < (left: Month, right: Month) -> Bool { left.number < right.number }

    private func digits(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
