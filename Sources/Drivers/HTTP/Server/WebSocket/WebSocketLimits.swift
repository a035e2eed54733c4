public import Basics

/// What a WebSocket grants the other end.
public struct WebSocketLimits: Sendable {
    /// The largest message; a larger one ends the connection with 1009.
    public var message = ByteCount.megabytes(1)
    /// The largest frame; a larger one ends the connection with 1009.
    public var frame = ByteCount.megabytes(1)
    /// The frames of one message; more of them end the connection with 1008.
    public var fragments = 1024
    /// How many messages may wait for the handler; then nothing more is read.
    public var waitingMessages = 16
    /// How much may wait for a slow reader: with more, `send` waits and `offer` cuts the connection.
    public var outgoing = ByteCount.megabytes(1)
    /// How long the other end may take to accept what is written.
    public var write: Duration = .seconds(30)
    /// How long it may be silent before it is pinged, and then once more before it is cut.
    public var silence: Duration = .seconds(30)
    /// How long it may take to answer a farewell.
    public var farewell: Duration = .seconds(5)

    /// The defaults.
    public init() {}
}

/// How a WebSocket ended.
public struct WebSocketClose: Hashable, Sendable {
    /// The code of RFC 6455, section 7.4; 1005 when none was told, 1006 when there was no farewell.
    public var code: Int
    /// The reason in words, for people who debug.
    public var reason: String

    /// An end.
    public init(_ code: Int, _ reason: String = "") {
        self.code = code
        self.reason = reason
    }

    /// The work is done.
    public static let normal = WebSocketClose(1000)
    /// The server shuts down, or the page was left.
    public static let goingAway = WebSocketClose(1001)
    /// A rule that no other code names was broken.
    public static let policyViolation = WebSocketClose(1008)
    /// A mistake of this side.
    public static let internalError = WebSocketClose(1011)
    /// The connection was lost without a farewell; never sent.
    public static let lost = WebSocketClose(1006)
}
