public import Basics
public import HTTP

/// How a client reaches an etcd cluster.
public struct EtcdOptions: Sendable {
    /// The members' client addresses; the first one is asked first, the others when it does not answer.
    public var endpoints: [HTTPOrigin]
    /// How `https` connections are made, a client certificate included; nil refuses them.
    public var secure: HTTPClientOptions.Secure?
    /// How names become addresses; nil asks the system.
    public var resolve: HTTPClientOptions.Resolve?
    /// How long a connection to one member may take, encryption included.
    public var connectLimit = Duration.seconds(1)
    /// How long one member may take to answer before the next one is asked.
    public var attemptLimit = Duration.seconds(2)
    /// How long a call may take over all members, where it does not say otherwise.
    public var limit = Duration.seconds(5)
    /// How long a watch may hear nothing from its member, its notices of progress included, before it asks another one.
    public var silenceLimit = Duration.seconds(5)
    /// The largest answer that is read.
    public var answerMax = ByteCount.megabytes(64)

    /// The usual limits.
    public init(endpoints: [HTTPOrigin], secure: HTTPClientOptions.Secure? = nil) {
        self.endpoints = endpoints
        self.secure = secure
    }

    /// Connections for calls.
    var calls: HTTPClientOptions {
        var http = HTTPClientOptions()
        http.limits = HTTPMessageLimits(body: answerMax)
        http.connectLimit = connectLimit
        http.secure = secure
        http.resolve = resolve
        return http
    }

    /// Connections for watches, each of which has its own.
    var watches: HTTPClientOptions {
        var http = calls
        http.connections = .withoutReuse
        http.stallLimit = silenceLimit
        return http
    }
}
