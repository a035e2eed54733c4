/// A number that goes up and down, like the connections that are open now.
public final class Gauge: Sendable {
    private let number = AtomicDouble()

    init() {}

    /// Replaces the number.
    public func set(_ value: Double) { number.store(value) }

    /// Replaces the number.
    public func set(_ value: Int) { set(Double(value)) }

    /// Adds to the number; a negative amount takes away.
    public func add(_ amount: Double) { number.update { $0 + amount } }

    /// Adds one.
    public func increment() { add(1) }

    /// Takes one away.
    public func decrement() { add(-1) }

    /// The number now.
    public var value: Double { number.value }
}
