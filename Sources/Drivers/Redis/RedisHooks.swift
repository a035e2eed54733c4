/// What somebody who counts and logs may want to hear; called on the loop, where they must not wait.
public struct RedisHooks: Sendable {
    /// A connection is there, for the first time or again.
    public var connected: (@Sendable () -> Void)?
    /// A connection broke, or could not be made, for a reason; the next attempt follows after a pause.
    public var disconnected: (@Sendable (RedisError) -> Void)?
    /// A connection of the pool was handed out after its borrower had waited for so long.
    public var lent: (@Sendable (_ waited: Duration) -> Void)?
    /// A connection of the pool came back after so long.
    public var returned: (@Sendable (_ held: Duration) -> Void)?
    /// A borrower went away without a connection.
    public var turnedAway: (@Sendable (RedisError) -> Void)?

    /// Nobody listens.
    public init() {}
}
