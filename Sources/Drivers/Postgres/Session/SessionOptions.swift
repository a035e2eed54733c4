/// How a session treats its statements.
public struct SessionOptions: Hashable, Sendable {
    /// What becomes of a statement after its first run.
    public enum Preparation: Hashable, Sendable {
        /// It stays prepared on its connection under a name; of so many, the one not used for longest goes first.
        case named(atMost: Int)
        /// It is parsed anew each time, without a name: for PgBouncer's transaction pooling, where the next statement
        /// may meet another server connection.
        case unnamed
    }

    /// What becomes of statements after their first run.
    public var preparation: Preparation
    /// How many statements may be on their way at a time; the rest waits its turn.
    public var inFlightMax: Int
    /// How many statements may wait their turn; one more is refused as `crowded`.
    public var waitingMax: Int

    /// How long a statement may take that was given no limit of its own, those that begin and end transactions and
    /// savepoints included; nil lets it take its time. Streams and COPY have their own.
    public var statementTimeout: Duration?

    /// Whether statements outside of transactions, and transactions, are refused that bring no context.
    public var needsContext: Bool

    /// The defaults are those for a direct connection to the server.
    public init(
        preparation: Preparation = .named(atMost: 256), inFlightMax: Int = 512, waitingMax: Int = 16_384,
        statementTimeout: Duration? = nil, needsContext: Bool = false
    ) {
        self.preparation = preparation
        self.inFlightMax = inFlightMax
        self.waitingMax = waitingMax
        self.statementTimeout = statementTimeout
        self.needsContext = needsContext
    }
}

/// Who shares a statement's fate: the statements in front of one Sync succeed together or not at all.
public enum StatementFate: Hashable, Sendable {
    /// Shares a Sync with its neighbours of the same tick, which costs the least.
    ///
    /// When one of them fails, all are rolled back, which decides nothing: each is sent again alone, in order, and
    /// gets its own outcome. So what a rollback does not undo (`nextval`, advisory locks of the session) may happen
    /// twice.
    case shared
    /// Has a Sync, and so a transaction, of its own from the start.
    case own
}
