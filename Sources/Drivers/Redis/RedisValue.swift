/// One reply of a Redis server (RESP2).
public enum RedisValue: Hashable, Sendable {
    /// Nothing: no such key, an empty queue.
    case null
    /// A number.
    case integer(Int64)
    /// A word of the server's own, like `OK`.
    case status(String)
    /// What somebody stored.
    case bytes([UInt8])
    /// Several replies in one.
    case array([RedisValue])
    /// An error in the place of a reply: in a pipeline, a transaction, or inside an array.
    case error(RedisReplyError)
}

/// An error as the server words it.
///
/// Only the code may be shown: the sentence may hold arguments of the command.
public struct RedisReplyError: Hashable, Sendable {
    /// The word that the sentence begins with.
    public let code: RedisErrorCode
    /// The server's sentence, for the person who debugs.
    public let sentence: String

    /// Reads the server's sentence.
    public init(_ sentence: String) {
        code = RedisErrorCode(beginning: sentence)
        self.sentence = sentence
    }
}

extension RedisReplyError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The code alone.
    public var description: String { code.description }
    /// The whole sentence.
    public var debugDescription: String { sentence }
}

extension RedisValue: CustomStringConvertible {
    /// What kind of reply it is and how large, without what it holds.
    public var description: String {
        switch self {
        case .null: "null"
        case .integer: "an integer"
        case .status: "a status"
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .array(let elements): "an array of \(elements.count)"
        case .error(let error): "an error \(error)"
        }
    }
}

extension RedisValue {
    /// Whether there is nothing.
    public var isNull: Bool { self == .null }

    /// Text that was stored, or the server's own word; throws for anything else, also for bytes that are not UTF-8.
    public func text() throws(RedisError) -> String {
        switch self {
        case .status(let word): return word
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .unusable("the reply is not UTF-8 text", hint: "Read it as bytes.")
            }
            return text
        default: throw unexpected("text")
        }
    }

    /// A number, also one that is stored as text.
    public func integer() throws(RedisError) -> Int64 {
        switch self {
        case .integer(let number): return number
        case .bytes(let bytes):
            guard let number = Int64(String(decoding: bytes, as: UTF8.self)) else { throw unexpected("a number") }
            return number
        default: throw unexpected("a number")
        }
    }

    /// What was stored, byte by byte.
    public func bytes() throws(RedisError) -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .status(let word): return Array(word.utf8)
        default: throw unexpected("bytes")
        }
    }

    /// The replies inside this one.
    public func elements() throws(RedisError) -> [RedisValue] {
        guard case .array(let elements) = self else { throw unexpected("an array") }
        return elements
    }

    /// Itself, or nil when there is nothing: `try reply.present?.text()`.
    public var present: RedisValue? { isNull ? nil : self }

    private func unexpected(_ wanted: String) -> RedisError {
        if case .error(let error) = self { return .answered(error, to: nil) }
        return .unusable("the reply is not \(wanted)", why: "it is \(self)")
    }
}
