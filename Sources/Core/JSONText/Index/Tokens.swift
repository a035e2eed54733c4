/// The tokens of a text that was checked, with what belongs together linked.
///
/// A token is a bracket, a colon, a comma, a text in quotes, a number or a word; `offsets` says where it begins. What
/// `links` says depends on it:
///
/// - an opening bracket: the number of the token that closes it
/// - a closing bracket: how many members or elements stand between them
/// - a text: the offset of its closing quote; the flag says that it has escapes, and `isShadowed` that it names a
///   member that does not count
/// - a number: the offset behind it; the flag says that it has neither fraction nor exponent
///
/// It points into memory of others, and holds as long as they say.
struct Tokens {
    static let flag: UInt32 = 1 << 31
    static let isShadowed: UInt32 = 1 << 30
    static let linkMask: UInt32 = (1 << 30) - 1

    let bytes: UnsafeBufferPointer<UInt8>
    let offsets: UnsafeBufferPointer<UInt32>
    let links: UnsafeMutableBufferPointer<UInt32>

    @inline(__always)
    func offset(of token: Int) -> Int { Int(offsets[token]) }
    @inline(__always)
    func byte(of token: Int) -> UInt8 { bytes[Int(offsets[token])] }
    @inline(__always)
    func link(of token: Int) -> Int { Int(links[token] & Tokens.linkMask) }
    @inline(__always)
    func isFlagged(_ token: Int) -> Bool { links[token] & Tokens.flag != 0 }

    func kind(of token: Int) -> JSONCursor.Kind {
        switch byte(of: token) {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .list
        case UInt8(ascii: "\""): .text
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// Whether objects or lists may have something inside.
    @inline(__always)
    func isOpening(_ token: Int) -> Bool { byte(of: token) | 0x20 == UInt8(ascii: "{") }

    /// Whether it is a text.
    @inline(__always)
    func isQuoted(_ token: Int) -> Bool { byte(of: token) == UInt8(ascii: "\"") }

    /// Whether it is `null`.
    func isNull(_ token: Int) -> Bool { byte(of: token) == UInt8(ascii: "n") }

    /// How many members or elements a value has; 0 when it can have none.
    func count(of value: Int) -> Int { isOpening(value) ? link(of: link(of: value)) : 0 }

    /// The token behind a value: a comma or a closing bracket.
    @inline(__always)
    func after(_ value: Int) -> Int { isOpening(value) ? link(of: value) + 1 : value + 1 }

    /// The element or the name behind a value; where it was the last one, the closing bracket.
    @inline(__always)
    func next(after value: Int) -> Int {
        let token = after(value)
        return byte(of: token) == UInt8(ascii: ",") ? token + 1 : token
    }

    /// The bytes between the quotes of a text, as they stand there.
    @inline(__always)
    func content(of text: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[(offset(of: text) + 1)..<link(of: text)])
    }

    /// All bytes of a value.
    func source(of value: Int) -> UnsafeBufferPointer<UInt8> {
        let end =
            switch kind(of: value) {
            case .object, .list: offset(of: link(of: value)) + 1
            case .text: link(of: value) + 1
            case .number: link(of: value)
            case .null: offset(of: value) + 4
            case .bool: offset(of: value) + (byte(of: value) == UInt8(ascii: "t") ? 4 : 5)
            }
        return UnsafeBufferPointer(rebasing: bytes[offset(of: value)..<end])
    }

    /// A text without its escapes.
    func string(of text: Int) -> String {
        let content = content(of: text)
        guard isFlagged(text) else { return String(decoding: content, as: UTF8.self) }
        return String(unsafeUninitializedCapacity: content.count) { Escapes.undo(content, into: $0) }
    }

    /// The bytes of a text without its escapes, in memory of their own.
    func unescaped(_ text: Int) -> [UInt8] {
        let content = content(of: text)
        return [UInt8](unsafeUninitializedCapacity: content.count) { target, count in
            count = Escapes.undo(content, into: target)
        }
    }
}
