/// What a server grants its clients.
public struct HTTPServerLimits: Sendable {
    /// The sizes of a request.
    public var message = HTTPMessageLimits()
    /// How long a head may take from its first byte on; a slower client is answered 408 and cut.
    public var head: Duration = .seconds(10)
    /// How long a body may take; a slower client is answered 408 and cut.
    public var body: Duration = .seconds(30)
    /// How long a connection may stay open without a request.
    public var idle: Duration = .seconds(60)
    /// How long a client may take to accept a response.
    public var write: Duration = .seconds(30)
    /// How long a refused client is listened to, so that it can read why before the connection ends.
    public var linger: Duration = .seconds(2)
    /// The connections that are served at a time; the next one is answered 503.
    public var connections = 1000
    /// The answers of 503 that are written at a time; beyond them a connection is closed without a word.
    public var refusals = 64

    /// The defaults.
    public init() {}
}
