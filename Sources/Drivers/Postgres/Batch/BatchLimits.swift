/// How much a `CommitBatcher` takes at a time.
public struct BatchLimits: Hashable, Sendable {
    /// How many connections write; more than two gain nothing unless rows go at once (`promptRows`).
    public var connections: Int
    /// The most rows in one batch.
    public var rowsMax: Int
    /// The most bytes in one batch; a single larger row goes alone.
    public var bytesMax: Int
    /// So many rows that wait go at once where a connection is idle, and twice as many for each that is not, so that
    /// the server works while the rest of a crowd is still being read. Without it rows go with the end of the tick.
    public var promptRows: Int?
    /// How many rows may wait; one more is refused as `crowded`.
    public var waitingMax: Int
    /// How long a batch may take before its connection is given up and its outcome is unknown.
    public var batchTimeout: Duration
    /// How long rows wait while no connection can be made; then they fail with the reason for it.
    public var outageMax: Duration

    /// The measured best.
    public init(
        connections: Int = 1, rowsMax: Int = 512, bytesMax: Int = 4 << 20, promptRows: Int? = nil,
        waitingMax: Int = 16_384,
        batchTimeout: Duration = .seconds(30), outageMax: Duration = .seconds(10)
    ) {
        precondition(connections > 0 && rowsMax > 0, "a batcher has a connection and takes rows")
        precondition(promptRows ?? 1 > 0, "a batch has rows")
        self.connections = connections
        self.rowsMax = rowsMax
        self.bytesMax = bytesMax
        self.promptRows = promptRows
        self.waitingMax = waitingMax
        self.batchTimeout = batchTimeout
        self.outageMax = outageMax
    }
}
