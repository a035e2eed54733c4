public import Basics

/// What a server grants its clients.
public struct HTTPServerLimits: Sendable {
    /// The sizes of a request.
    public var message = HTTPMessageLimits()
    /// How long a head may take from its first byte on; a slower client is answered 408 and cut.
    public var head: Duration = .seconds(10)
    /// How long a client may keep the server waiting for a body, all waits together; then it is answered 408 and cut.
    public var body: Duration = .seconds(30)
    /// The bytes in a second that give a second of `body` back, so that a large body has its time.
    public var bodyRate = ByteCount(1 << 10)
    /// How much of a body that nobody wanted is read over to keep the connection; with more to come it is closed.
    public var unwantedBody = ByteCount(256 << 10)
    /// How long a connection may stay open without a request.
    public var idle: Duration = .seconds(60)
    /// How long a client may take to accept a response, or a piece of one.
    public var write: Duration = .seconds(30)
    /// How long a refused client is listened to: for a request that is urgent, and so that it can read why before the
    /// connection ends.
    public var linger: Duration = .seconds(2)
    /// The connections that are served at a time; the next one is answered 503 with `Retry-After`.
    public var connections = 1000
    /// The connections that are refused at a time; beyond them one is closed without a word.
    public var refusals = 2000

    /// The defaults.
    public init() {}
}
