import Basics
import Postgres

/// Random numbers of one thing that is seeded, known by its kind and number.
///
/// Each thing has numbers of its own, so every table can work them out again in any order and in any pieces, and all of
/// them tell the same story.
struct Draw {
    /// The kinds of things.
    enum Subject: UInt64 {
        case salon = 1
        case staff, chair, service, hours, closure, template, membership, customer, conversation, assistant, day
        case exchange, question, answer, event, booking, name
    }

    private var numbers: SeededRandom

    /// The numbers of thing `index` in `group`, which is a salon where there is one.
    init(_ seed: UInt64, _ subject: Subject, group: Int = 0, _ index: Int) {
        // Each step is mixed, or neighbours would have the same numbers one place apart.
        var state = SeededRandom(seed: seed &+ subject.rawValue &* 0xD6E8_FEB8_6659_FD93).mixed
        state = SeededRandom(seed: state ^ UInt64(truncatingIfNeeded: group)).mixed
        numbers = SeededRandom(seed: SeededRandom(seed: state ^ UInt64(truncatingIfNeeded: index)).mixed)
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 { numbers.next() }

    /// A number from 0 to below `bound`.
    mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

    /// True so many times in a hundred.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// A number from 0 to below 1.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// One of several.
    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

    /// An identifier of version 7 made at that moment.
    mutating func identifier(at moment: Timestamp) -> PostgresUUID {
        PostgresUUID.timed(at: moment, random: next(), next())
    }
}

extension SeededRandom {
    /// The first number.
    fileprivate var mixed: UInt64 {
        var copy = self
        return copy.next()
    }
}
