package import Basics

/// What is to be seeded: the same request makes the same rows, byte for byte.
package struct SeedRequest: Equatable, Sendable {
    /// How much.
    package enum Size: Equatable, Sendable {
        /// Three salons to look around in.
        case demo
        /// A year of the specification's workload, scaled down; 1 is all of it.
        case workload(scale: Double)
    }

    /// What the salons of the seed are known by, and what all its random numbers follow from.
    package var number: UInt64
    /// How much.
    package var size: Size
    /// The last day is the one before the day that holds this moment.
    package var until: Timestamp

    /// A request.
    package init(number: UInt64, size: Size, until: Timestamp) {
        self.number = number
        self.size = size
        self.until = until
    }

    /// What the rows of the seed name as who made them.
    package var actor: String { "seed:\(number)" }

    /// The days that are seeded.
    package var calendar: SeedCalendar { SeedCalendar(until: until, dayCount: size == .demo ? 60 : 365) }

    /// What a person calls the size.
    package var sizeName: String {
        switch size {
        case .demo: "demo"
        case .workload(let scale): "\(scale)"
        }
    }
}
