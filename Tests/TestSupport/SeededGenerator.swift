import Basics
import Glibc
package import Testing

/// Random numbers that a seed repeats, for tests that try many cases.
///
///     var generator = SeededGenerator()
///     #expect(holds(for: &generator), generator.note)
///
/// The seed is a new one in every run; `TEST_SEED=<number>` repeats that of a run that failed.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// What this run can be repeated with.
    package let seed: UInt64
    private var numbers: SeededRandom

    /// Begins with a seed: that of `TEST_SEED`, else a random one.
    package init(seed: UInt64? = nil) {
        let wanted = getenv("TEST_SEED").flatMap { UInt64(String(cString: $0)) }
        self.seed = seed ?? wanted ?? .random(in: 0 ... .max)
        numbers = SeededRandom(seed: self.seed)
    }

    /// What a failed expectation says, so that the case can be repeated.
    package var note: Comment { "repeat this with TEST_SEED=\(seed)" }

    /// The next number.
    package mutating func next() -> UInt64 { numbers.next() }
}
