/// What one disturbance did to those who wrote meanwhile.
package struct DrillRun: Equatable, Sendable {
    /// What was done.
    package var disturbance: Disturbance
    /// Who led before.
    package var from: String
    /// Who led afterwards.
    package var to: String
    /// From the disturbance to the first write that another server acknowledged.
    package var firstWrite: Duration
    /// The longest time between two acknowledged writes of all clients, until the cluster was whole again.
    package var pause: Duration
    /// The longest that any client waited for a write, from wanting it until one of its own was acknowledged.
    package var stall: Duration
    /// From the disturbance until every node did what its role asks for.
    package var wholeAgain: Duration
    /// How many writes were acknowledged.
    package var acknowledged: Int
    /// What clients saw in place of an answer, by SQLSTATE, or by another word where there is none.
    package var errors: [String: Int]

    /// All errors together.
    package var errorCount: Int { errors.values.reduce(0, +) }
}

/// What a whole drill found.
package struct DrillOutcome: Equatable, Sendable {
    /// What was planned.
    package var plan: DrillPlan
    /// The runs in their order.
    package var runs: [DrillRun]
    /// What each node has in the end, held against what clients were told.
    package var rows: [String: RowCheck]
    /// Nodes that acknowledged a write when another one had taken over.
    package var overlaps: [PrimaryLedger.Violation]
    /// Where the journal is, when it shows that something is wrong.
    package var journal: String?
}

/// What a drill tells while it runs.
package enum DrillEvent: Equatable, Sendable {
    /// A run has begun: so many come in all, and this happens next.
    case begins(run: Int, of: Int, Disturbance, on: String)
    /// A run is over.
    case ended(run: Int, of: Int, DrillRun)
    /// What each node has is held against the journal.
    case checks
}
