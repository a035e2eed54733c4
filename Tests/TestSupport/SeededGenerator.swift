import Glibc
package import Testing

/// Random numbers that a seed repeats (SplitMix64), for tests that try many cases.
///
///     var generator = SeededGenerator()
///     #expect(holds(for: &generator), generator.note)
///
/// The seed is a new one in every run; `TEST_SEED=<number>` repeats that of a run that failed.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// What this run can be repeated with.
    package let seed: UInt64
    private var state: UInt64

    /// Begins with a seed: that of `TEST_SEED`, else a random one.
    package init(seed: UInt64? = nil) {
        let wanted = getenv("TEST_SEED").flatMap { UInt64(String(cString: $0)) }
        self.seed = seed ?? wanted ?? .random(in: 0 ... .max)
        self.state = self.seed
    }

    /// What a failed expectation says, so that the case can be repeated.
    package var note: Comment { "repeat this with TEST_SEED=\(seed)" }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
