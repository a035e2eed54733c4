import Basics

/// What a drill will do, decided before anything is touched: the same seed makes the same plan.
package struct DrillPlan: Equatable, Sendable {
    /// What happens, in its order.
    package var disturbances: [Disturbance]
    /// How long each is waited with once everybody writes: what happens by the second must not always be met at the same
    /// moment.
    package var delays: [Duration]
    /// How many clients write.
    package var clients: Int
    /// What the plan follows from.
    package var seed: UInt64

    private static let delayMax = 1000
    private static let paceMin = Duration.milliseconds(20)
    /// So many writes a second of all clients together leave a small machine room for the fault itself.
    private static let writesPerSecond = 500

    /// Plans so many runs of each kind, in turns.
    package init(runs: Int, of kinds: [Disturbance], clients: Int, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        disturbances = (0..<runs).flatMap { _ in kinds }
        delays = disturbances.map { _ in .milliseconds(Int.random(in: 0..<Self.delayMax, using: &random)) }
        self.clients = clients
        self.seed = seed
    }

    /// How often each client wants to write.
    package var pace: Duration { max(Self.paceMin, .seconds(clients) / Self.writesPerSecond) }
}
