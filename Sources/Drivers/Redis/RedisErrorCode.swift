/// The word that a server's error begins with, like `WRONGTYPE`.
public struct RedisErrorCode: Hashable, Sendable {
    /// The word in capitals.
    public let name: String

    private init(_ name: String) { self.name = name }

    /// Any other failure of a command.
    public static let err = RedisErrorCode("ERR")
    /// The key holds another type than the command works on.
    public static let wrongType = RedisErrorCode("WRONGTYPE")
    /// The server does not know the script of that SHA.
    public static let noScript = RedisErrorCode("NOSCRIPT")
    /// The server reads its data from disk.
    public static let loading = RedisErrorCode("LOADING")
    /// A cluster keeps the key on another server.
    public static let moved = RedisErrorCode("MOVED")
    /// A cluster moves the key to another server just now.
    public static let ask = RedisErrorCode("ASK")
    /// The keys of one command belong to different servers of a cluster.
    public static let crossSlot = RedisErrorCode("CROSSSLOT")
    /// The cluster does not serve.
    public static let clusterDown = RedisErrorCode("CLUSTERDOWN")
    /// A cluster asks for a little patience.
    public static let tryAgain = RedisErrorCode("TRYAGAIN")
    /// The server may use no more memory.
    public static let outOfMemory = RedisErrorCode("OOM")
    /// The server is a replica that takes no writes.
    public static let readOnly = RedisErrorCode("READONLY")
    /// The replica has lost its master.
    public static let masterDown = RedisErrorCode("MASTERDOWN")
    /// Too few replicas for a write.
    public static let noReplicas = RedisErrorCode("NOREPLICAS")
    /// A script has kept the server busy for too long.
    public static let busy = RedisErrorCode("BUSY")
    /// The server cannot save, and takes no writes for that reason.
    public static let misconfigured = RedisErrorCode("MISCONF")
    /// A password is needed.
    public static let noAuthentication = RedisErrorCode("NOAUTH")
    /// The user or the password is wrong.
    public static let wrongPassword = RedisErrorCode("WRONGPASS")
    /// The user may not do that.
    public static let noPermission = RedisErrorCode("NOPERM")
    /// The server admits nobody from there.
    public static let denied = RedisErrorCode("DENIED")
    /// A transaction was dropped because one of its commands was refused.
    public static let transactionAborted = RedisErrorCode("EXECABORT")
    /// The group of a stream is not there.
    public static let noGroup = RedisErrorCode("NOGROUP")
    /// The group of a stream is there already.
    public static let busyGroup = RedisErrorCode("BUSYGROUP")
    /// The key is there already.
    public static let busyKey = RedisErrorCode("BUSYKEY")
    /// A command that waited was sent away.
    public static let unblocked = RedisErrorCode("UNBLOCKED")

    /// Those with a meaning to Parlor, which can be shown: another word might be data that a script returned.
    public static let known: Set<RedisErrorCode> = [
        err, wrongType, noScript, loading, moved, ask, crossSlot, clusterDown, tryAgain, outOfMemory, readOnly,
        masterDown, noReplicas, busy, misconfigured, noAuthentication, wrongPassword, noPermission, denied,
        transactionAborted, noGroup, busyGroup, busyKey, unblocked,
    ]

    /// The first word of a server's sentence; `ERR` when that is no word in capitals.
    init(beginning sentence: String) {
        let word = sentence.utf8.prefix { $0 != UInt8(ascii: " ") }
        let isCode = (2...32).contains(word.count) && word.allSatisfy { (65...90).contains($0) || $0 == 95 }
        name = isCode ? String(decoding: word, as: UTF8.self) : "ERR"
    }

    /// Whether the same command may succeed a little later.
    public var isTransient: Bool { Self.passing.contains(self) }

    private static let passing: Set<RedisErrorCode> = [
        loading, clusterDown, tryAgain, outOfMemory, readOnly, masterDown, noReplicas, busy, misconfigured, unblocked,
    ]
}

extension RedisErrorCode: CustomStringConvertible {
    /// The word, when it is one of the known ones.
    public var description: String { Self.known.contains(self) ? name : "a code of a script or a module" }
}
