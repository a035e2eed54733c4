public import Basics
public import Loop

/// Where a Redis server is, who connects to it how, and how much may wait for it.
public struct RedisOptions: Sendable {
    /// The address: a numeric one and a port, or the path of a socket.
    public var address: SocketAddress
    /// The user of an access control list; nil for the server's default user.
    public var user: String?
    /// The password; nil for a server that wants none.
    public var password: Secret?
    /// The number of the database.
    public var database: Int
    /// What `CLIENT LIST` shows; printable characters without spaces.
    public var clientName: String
    /// How long connecting and logging in may take.
    public var connectTimeout: Duration
    /// How long a command may take that says nothing else.
    public var commandTimeout: Duration
    /// How long the late answer of a command that was called off is waited for before the connection is broken off.
    public var settlingTime: Duration
    /// How many commands may wait to be sent.
    public var waitingMax: Int
    /// How many bytes the commands that wait may have.
    public var waitingBytesMax: ByteCount
    /// How many commands may be on their way at once; the others wait.
    public var inFlightMax: Int
    /// How large a reply may be.
    public var replyBytesMax: ByteCount
    /// The pauses between attempts to connect.
    public var backOff: RedisBackOff
    /// How often a quiet subscriber asks whether the server is still there.
    public var pingInterval: Duration
    /// How bytes reach the server.
    public var transport: RedisTransport
    /// Whether another machine may be talked to although nothing is encrypted.
    public var acceptsPlaintext: Bool

    /// Describes a server.
    public init(
        _ address: SocketAddress, user: String? = nil, password: Secret? = nil, database: Int = 0,
        clientName: String = "parlor", connectTimeout: Duration = .seconds(5),
        commandTimeout: Duration = .seconds(5), settlingTime: Duration = .seconds(5), waitingMax: Int = 10_000,
        waitingBytesMax: ByteCount = .megabytes(64), inFlightMax: Int = 10_000,
        replyBytesMax: ByteCount = .megabytes(64), backOff: RedisBackOff = RedisBackOff(),
        pingInterval: Duration = .seconds(15), transport: RedisTransport = .plaintext, acceptsPlaintext: Bool = false
    ) {
        self.address = address
        self.user = user
        self.password = password
        self.database = database
        self.clientName = clientName
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.settlingTime = settlingTime
        self.waitingMax = waitingMax
        self.waitingBytesMax = waitingBytesMax
        self.inFlightMax = inFlightMax
        self.replyBytesMax = replyBytesMax
        self.backOff = backOff
        self.pingInterval = pingInterval
        self.transport = transport
        self.acceptsPlaintext = acceptsPlaintext
    }

    /// Why nobody should connect like this; nil when somebody may.
    func objection() -> RedisError? {
        if !isLocal && !transport.isEncrypted && !acceptsPlaintext {
            return .unusable(
                "Redis at \(address) is on another machine", why: "the connection would not be encrypted",
                hint: "Give it an encrypted transport, or say that the network can be trusted.")
        }
        guard database >= 0 else { return .unusable("\(database) is no database of Redis") }
        guard clientName.utf8.allSatisfy({ (33...126).contains($0) }) else {
            return .unusable("the client's name holds a space or something unprintable")
        }
        // hiredis counts the bytes of a reply in 32 bits.
        guard replyBytesMax <= .gigabytes(1) else { return .unusable("a reply may not be larger than 1 GB") }
        guard waitingMax > 0, waitingBytesMax.bytes > 0, inFlightMax > 0, replyBytesMax.bytes > 0 else {
            return .unusable("a limit of the connection to Redis is not above zero")
        }
        return nil
    }

    private var isLocal: Bool {
        switch address {
        case .path: true
        case .tcp(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
        }
    }
}

extension RedisOptions: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address and the database.
    public var description: String { "\(address)/\(database)" }

    /// The same: the other values may be secret.
    public var debugDescription: String { description }

    /// Nothing: a mirror must not reach the password.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
