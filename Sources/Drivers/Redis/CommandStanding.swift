/// What a command does to the connection it travels on.
enum CommandStanding: Hashable, Sendable {
    /// One reply, and everything is as before.
    case ordinary
    /// The server may keep it, and all that comes behind it, waiting for long.
    case blocking
    /// The connection is another one afterwards, which nobody would restore after it broke.
    case changesSession(hint: String)

    init(_ name: String, _ arguments: [[UInt8]]) {
        if Self.blockingNames.contains(name) {
            self = .blocking
        } else if ["XREAD", "XREADGROUP"].contains(name), arguments.contains(where: { Self.word($0) == "BLOCK" }) {
            self = .blocking
        } else if let hint = Self.hint(for: name, arguments.first.map(Self.word) ?? "") {
            self = .changesSession(hint: hint)
        } else {
            self = .ordinary
        }
    }

    private static func word(_ argument: [UInt8]) -> String {
        argument.count <= 16 ? String(decoding: argument, as: UTF8.self).uppercased() : ""
    }

    private static let blockingNames: Set = [
        "BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "WAIT", "WAITAOF",
    ]

    private static func hint(for name: String, _ first: String) -> String? {
        switch name {
        case "AUTH", "SELECT", "HELLO", "QUIT", "RESET": "Say it in the options of the connection."
        case "MULTI", "EXEC", "DISCARD": "Send the commands together as a transaction."
        case "WATCH", "UNWATCH": "Use a script: it is atomic and sees what it reads."
        case "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE":
            "Use a subscriber."
        case "MONITOR", "SYNC", "PSYNC", "READONLY", "READWRITE", "ASKING": "Use redis-cli."
        case "CLIENT" where ["REPLY", "TRACKING", "SETNAME"].contains(first): "Leave it out."
        default: nil
        }
    }
}
