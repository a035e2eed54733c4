/// Checks the grammar of a text whose tokens simdjson found, and links them.
///
/// Where simdjson found the tokens right, this holds already: the text is UTF-8, its strings are closed and free of
/// bare control characters, and whatever stands between a bracket, a comma or a colon and the next token is white
/// space. Nothing is read outside of the text even if it did not.
struct StructuralWalk {
    /// An object or a list that is open.
    struct Frame {
        /// Its opening bracket.
        var open: UInt32
        /// How many commas it has so far.
        var commas: UInt32
    }

    /// What came of it.
    enum Outcome: Equatable {
        /// All is well.
        case sound
        /// The text breaks the grammar or is too deep.
        case refused
        /// All is well, but this token repeats the name of another member, which the rules refuse.
        case duplicate(Int)
    }

    private enum Expectation { case value, valueOrClose, name, nameOrClose, separator }

    private let tokens: Tokens
    private let rules: JSONRules
    private let count: Int
    private var token = 0
    private var depth = 0
    private var expectation = Expectation.value
    /// The first name that repeats another. It is told at the end, when every bracket is linked.
    private var duplicate: Int?

    init(_ tokens: Tokens, _ rules: JSONRules) {
        self.tokens = tokens
        self.rules = rules
        count = tokens.offsets.count - 1
    }

    /// Walks over all tokens; `frames` has as many entries as the depth may have.
    mutating func run(_ frames: inout [Frame]) -> Outcome {
        frames.withUnsafeMutableBufferPointer { frames in
            while token < count {
                var isSound = true
                switch tokens.byte(of: token) {
                case UInt8(ascii: "\""): isSound = text()
                case UInt8(ascii: "{"): isSound = open(.nameOrClose, frames)
                case UInt8(ascii: "["): isSound = open(.valueOrClose, frames)
                case UInt8(ascii: "}"):
                    isSound = close(.nameOrClose, UInt8(ascii: "{"), frames)
                    if isSound { findDuplicate() }
                case UInt8(ascii: "]"): isSound = close(.valueOrClose, UInt8(ascii: "["), frames)
                case UInt8(ascii: ","): isSound = comma(frames)
                case UInt8(ascii: "t"): isSound = word("true")
                case UInt8(ascii: "f"): isSound = word("false")
                case UInt8(ascii: "n"): isSound = word("null")
                default: isSound = number()
                }
                guard isSound else { return .refused }
                token += 1
            }
            guard depth == 0, expectation == .separator else { return .refused }
            return duplicate.map(Outcome.duplicate) ?? .sound
        }
    }

    /// Notes that a value stands here, if one may.
    private mutating func value() -> Bool {
        guard expectation == .value || expectation == .valueOrClose else { return false }
        expectation = .separator
        return true
    }

    private mutating func open(_ inner: Expectation, _ frames: UnsafeMutableBufferPointer<Frame>) -> Bool {
        guard value(), depth < rules.depthMax else { return false }
        frames[depth] = Frame(open: UInt32(truncatingIfNeeded: token), commas: 0)
        depth += 1
        expectation = inner
        return true
    }

    private mutating func close(
        _ empty: Expectation, _ bracket: UInt8, _ frames: UnsafeMutableBufferPointer<Frame>
    ) -> Bool {
        guard depth > 0, expectation == empty || expectation == .separator else { return false }
        let frame = frames[depth - 1]
        guard tokens.byte(of: Int(frame.open)) == bracket else { return false }
        tokens.links[Int(frame.open)] = UInt32(truncatingIfNeeded: token)
        tokens.links[token] = expectation == empty ? 0 : frame.commas + 1
        closed = Int(frame.open)
        depth -= 1
        expectation = .separator
        return true
    }

    /// The opening bracket of what was closed last.
    private var closed = 0

    private mutating func findDuplicate() {
        let count = tokens.link(of: token)
        guard
            let name = tokens.duplicateName(inObjectAt: closed, count: count, rules.duplicates)
        else { return }
        duplicate = min(name, duplicate ?? name)
    }

    private mutating func comma(_ frames: UnsafeMutableBufferPointer<Frame>) -> Bool {
        guard depth > 0, expectation == .separator else { return false }
        frames[depth - 1].commas += 1
        let isObject = tokens.byte(of: Int(frames[depth - 1].open)) == UInt8(ascii: "{")
        expectation = isObject ? .name : .value
        return true
    }

    /// A text, and the colon behind it where it is a name.
    private mutating func text() -> Bool {
        let start = tokens.offset(of: token)
        var end = tokens.offset(of: token + 1) - 1
        while end > start, tokens.bytes[end].isSpace { end -= 1 }
        guard end > start, tokens.bytes[end] == UInt8(ascii: "\"") else { return false }
        let backslash = Escapes.firstBackslash(in: tokens.bytes, from: start + 1, to: end)
        guard backslash == end || Escapes.areSound(in: tokens.bytes, from: backslash, to: end) else { return false }
        tokens.links[token] = UInt32(truncatingIfNeeded: end) | (backslash == end ? 0 : Tokens.flag)
        guard expectation == .name || expectation == .nameOrClose else { return value() }
        token += 1
        expectation = .value
        return token < count && tokens.byte(of: token) == UInt8(ascii: ":")
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let start = tokens.offset(of: token)
        let end = start + word.utf8CodeUnitCount
        guard end <= tokens.bytes.count, value() else { return false }
        for index in start..<end where tokens.bytes[index] != word.utf8Start[index - start] { return false }
        return isSpace(from: end)
    }

    private mutating func number() -> Bool {
        let scan = NumberScan(tokens.bytes, from: tokens.offset(of: token), limit: tokens.offset(of: token + 1))
        guard scan.complaint == nil, value() else { return false }
        tokens.links[token] = UInt32(truncatingIfNeeded: scan.end) | (scan.isInteger ? Tokens.flag : 0)
        return isSpace(from: scan.end)
    }

    /// Whether only white space stands before the next token.
    private func isSpace(from start: Int) -> Bool {
        var position = start
        let end = tokens.offset(of: token + 1)
        while position < end, tokens.bytes[position].isSpace { position += 1 }
        return position >= end
    }
}
