/// The time without acknowledged writes that a disturbance brought, from what clients saw.
package struct Interruption: Equatable, Sendable {
    /// From the disturbance to the first write that another server acknowledged.
    package var firstWrite: Duration
    /// The longest time between two acknowledged writes, from the last one before the disturbance on.
    package var pause: Duration

    /// Looks for it; nil when no other server acknowledged anything. What the former server had done when it was
    /// disturbed may be acknowledged a moment later and says nothing about the other one.
    package init?(
        at moment: ContinuousClock.Instant, _ acknowledgements: [WriterMeasurements.Acknowledgement],
        from server: String
    ) {
        let later = acknowledgements.filter { $0.moment > moment }
        guard let first = later.filter({ $0.server != server }).map(\.moment).min() else { return nil }
        firstWrite = moment.duration(to: first)
        let before = acknowledgements.map(\.moment).filter { $0 <= moment }.max()
        let moments = [before ?? moment] + later.map(\.moment).sorted()
        pause = zip(moments, moments.dropFirst()).map { $0.duration(to: $1) }.max() ?? .zero
    }
}
