import Synchronization

/// How many deliveries wait for their lines of the log, on all loops of a process.
package final class DeliveryPressure: Sendable {
    /// So many at a time are more than salons ever bring about by themselves.
    private static let storm = 16

    private let waiting = Atomic(0)

    /// None yet.
    package init() {}

    /// Whether so many wait that everything else should stand back.
    package var isPressed: Bool { waiting.load(ordering: .relaxed) >= Self.storm }

    func begins() { waiting.add(1, ordering: .relaxed) }

    func ends() { waiting.subtract(1, ordering: .relaxed) }
}
