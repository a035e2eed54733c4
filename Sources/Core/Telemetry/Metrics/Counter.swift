internal import Synchronization

/// A number that only grows, like the requests answered so far.
public final class Counter: Sendable {
    // Whole steps, the common case, need no loop; what has a fraction is kept beside them.
    private let whole = Atomic<UInt64>(0)
    private let fraction = AtomicDouble()

    init() {}

    /// Adds one, or a whole number; a negative amount is ignored, since a counter never falls.
    public func increment(by amount: Int = 1) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// Adds an amount with a fraction; what is negative or no finite number is ignored, since a counter never falls.
    public func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fraction.update { $0 + amount }
    }

    /// Raises the counter to a total that somebody else keeps, like the kernel; a lower total is ignored.
    ///
    /// For counters that are changed in no other way.
    public func raise(to total: Double) {
        guard total.isFinite else { return }
        fraction.update { max($0, total) }
    }

    /// The total so far.
    public var value: Double { Double(whole.load(ordering: .relaxed)) + fraction.value }
}
