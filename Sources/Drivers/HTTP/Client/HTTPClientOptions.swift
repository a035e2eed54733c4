import Basics
public import Loop

/// How a client behaves.
public struct HTTPClientOptions: Sendable {
    /// Makes a connected socket one that encrypts to `host`, whose certificate it has verified.
    public typealias Secure = @Sendable (_ socket: Socket, _ host: String) async throws -> any ByteStream
    /// The addresses of a host, those to be tried first at the beginning.
    public typealias Resolve = @Sendable (_ host: String, _ port: Int) async throws -> [SocketAddress]

    /// How large responses may be; the limit on the body holds for those that are read whole.
    public var limits = HTTPMessageLimits(body: .megabytes(16))
    /// How many connections there are, and for how long.
    public var connections = HTTPConnectionLimits()
    /// How long connecting to one address may take, encryption included.
    public var connectLimit = Duration.seconds(10)
    /// How long nothing may move while somebody waits for it.
    public var stallLimit = Duration.seconds(30)
    /// How many redirects are followed.
    public var redirectsMax = 0
    /// What is tried again.
    public var retries = HTTPRetryPolicy.never
    /// Repeats the random part of the waits between attempts; nil for a new one.
    public var seed: UInt64?
    /// How `https` connections are made; nil refuses them.
    public var secure: Secure?
    /// How names become addresses; nil asks the system.
    public var resolve: Resolve?

    /// The usual behaviour.
    public init() {}
}

/// How many connections a client keeps, and for how long.
public struct HTTPConnectionLimits: Hashable, Sendable {
    /// Connections to one origin at the same time; who comes later waits for one of them.
    public var perOriginMax = 8
    /// Connections that nobody uses, over all origins; 0 closes each connection after its request.
    public var idleMax = 32
    /// How long a connection may be unused.
    public var idleLimit = Duration.seconds(30)
    /// Requests that wait for a connection; more are refused.
    public var waitingMax = 1000

    /// The usual limits.
    public init() {}

    /// A new connection for each request.
    public static var withoutReuse: HTTPConnectionLimits {
        var limits = HTTPConnectionLimits()
        limits.idleMax = 0
        limits.perOriginMax = .max
        return limits
    }
}
