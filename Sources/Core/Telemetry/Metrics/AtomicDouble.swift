internal import Synchronization

/// A number with a fraction that several threads change without a lock.
struct AtomicDouble: ~Copyable, Sendable {
    private let bits: Atomic<UInt64>

    init(_ value: Double = 0) { bits = Atomic(value.bitPattern) }

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func store(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    /// Replaces the value by what `change` makes of it; `change` may be called more than once.
    func update(_ change: (Double) -> Double) {
        var seen = bits.load(ordering: .relaxed)
        while true {
            let desired = change(Double(bitPattern: seen)).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: seen, desired: desired, ordering: .relaxed)
            if exchanged { return }
            seen = original
        }
    }
}
