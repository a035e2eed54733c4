public import Basics

/// What went wrong between Parlor and Redis.
///
/// `description` holds a command's name, an address and a code, never an argument, a key or a value: the server's own
/// sentence stands in `debugDescription` only.
public struct RedisError: ExplainedError, Sendable {
    /// The kinds of failure that a caller may want to tell apart.
    public enum Kind: Hashable, Sendable {
        /// Nobody answered at the address.
        case unreachable
        /// The server reads its data from disk, and will serve soon.
        case startingUp
        /// The server answered and does not admit this connection.
        case refused
        /// The connection ended, and the command had been given its last chance.
        case lost
        /// The connection ended while a command was on its way: it took effect, or it did not.
        case outcomeUnknown
        /// The server answered a command with an error.
        case command
        /// A command took longer than it was given.
        case overdue
        /// Too many commands wait already; this one was not sent.
        case queueFull
        /// The connection was closed on this side; the command was not sent.
        case closed
        /// The other side does not speak the protocol.
        case protocolViolation
        /// The caller asked for something that cannot be had.
        case unusable
    }

    /// Which of the kinds.
    public let kind: Kind
    /// The server's code, when it said something.
    public let code: RedisErrorCode?
    /// Whether the same may succeed when it is tried again a little later.
    public let isTransient: Bool
    /// Whether the command may have taken effect although it failed.
    public let mayHaveRun: Bool
    /// The error for people.
    public let explained: ParlorError

    init(
        _ kind: Kind, _ explained: ParlorError, isTransient: Bool, mayHaveRun: Bool = false,
        code: RedisErrorCode? = nil
    ) {
        self.kind = kind
        self.explained = explained
        self.isTransient = isTransient
        self.mayHaveRun = mayHaveRun
        self.code = code
    }
}

extension RedisError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Safe to show anybody.
    public var description: String { explained.description }

    /// Everything that is known.
    public var debugDescription: String { explained.debugDescription }
}
