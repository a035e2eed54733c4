/// Something that can stand behind a command's name.
public protocol RedisArgument: Sendable {
    /// Its bytes as the server gets them.
    var redisBytes: [UInt8] { get }
}

extension String: RedisArgument {
    /// The text in UTF-8.
    public var redisBytes: [UInt8] { Array(utf8) }
}

extension Int: RedisArgument {
    /// The number in decimal digits.
    public var redisBytes: [UInt8] { Array(String(self).utf8) }
}

extension Int64: RedisArgument {
    /// The number in decimal digits.
    public var redisBytes: [UInt8] { Array(String(self).utf8) }
}

extension Double: RedisArgument {
    /// The shortest digits that give the same number.
    public var redisBytes: [UInt8] { Array(String(self).utf8) }
}

extension [UInt8]: RedisArgument {
    /// The bytes themselves.
    public var redisBytes: [UInt8] { self }
}

/// A command with its arguments, which can never be taken for anything else: each is sent with its length.
///
///     RedisCommand("HSET", "salon:7", "name", "Ada")
public struct RedisCommand: Sendable {
    /// Its name in capitals.
    public let name: String
    /// Whether doing it twice does no more than doing it once, so that it is sent again when the connection ended
    /// before its answer came. Reading is safe; `INCR`, `LPUSH`, and most scripts are not.
    public var isSafeToRepeat: Bool
    /// As it travels.
    let encoded: [UInt8]
    /// What it does to the connection it travels on.
    let standing: CommandStanding

    /// Describes a command.
    public init(_ name: String, _ arguments: any RedisArgument...) { self.init(name, arguments: arguments) }

    /// The same with the arguments in an array.
    public init(_ name: String, arguments: [any RedisArgument], isSafeToRepeat: Bool = false) {
        let arguments = arguments.map(\.redisBytes)
        self.name = name.uppercased()
        self.isSafeToRepeat = isSafeToRepeat
        standing = CommandStanding(self.name, arguments)
        var encoded: [UInt8] = []
        encoded.reserveCapacity(32 + name.utf8.count + arguments.reduce(0) { $0 + $1.count + 16 })
        encoded.append(UInt8(ascii: "*"))
        encoded.appendLine(arguments.count + 1)
        encoded.appendText(Array(self.name.utf8))
        for argument in arguments { encoded.appendText(argument) }
        self.encoded = encoded
    }

    /// The same command, marked as safe to repeat.
    public var safeToRepeat: RedisCommand {
        var command = self
        command.isSafeToRepeat = true
        return command
    }

    /// Throws when it must not travel on a connection that others share and that is made anew when it breaks.
    func check() throws(RedisError) {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else {
            throw .unusable("a command's name holds something else than letters, digits and dots")
        }
        if case .changesSession(let hint) = standing {
            throw .unusable("\(name) would change the connection for everybody after it", hint: hint)
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 65...90, 48...57, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension RedisCommand: CustomStringConvertible, CustomReflectable {
    /// The name alone: arguments may hold anything.
    public var description: String { name }

    /// Nothing: a mirror must not reach the arguments.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension [UInt8] {
    fileprivate mutating func appendLine(_ number: Int) {
        self += String(number).utf8
        append(13)
        append(10)
    }

    fileprivate mutating func appendText(_ text: [UInt8]) {
        append(UInt8(ascii: "$"))
        appendLine(text.count)
        self += text
        append(13)
        append(10)
    }
}
