import Basics

/// What a seeded salon says of itself in its settings, by which it is known again.
package struct SeedMark: Equatable, Sendable {
    /// The seed.
    package let number: UInt64
    /// `demo`, or the scale.
    package let size: String
    /// The end, like `2026-03-01`.
    package let until: String
    /// Whether everything is there; false while it is being made, and after an end that came too early.
    package let isComplete: Bool

    init(_ request: SeedRequest, isComplete: Bool) {
        self.init(
            number: request.number, size: request.sizeName, until: request.calendar.date, isComplete: isComplete)
    }

    init(number: UInt64, size: String, until: String, isComplete: Bool) {
        self.number = number
        self.size = size
        self.until = until
        self.isComplete = isComplete
    }

    /// As it stands in `salons.settings`. Its number is a text, because JSON's numbers have no 64 bits.
    var json: JSON {
        [
            "seed": .string("\(number)"), "seed_size": .string(size), "seed_until": .string(until),
            "seed_complete": .bool(isComplete),
        ]
    }
}
