/// Reads a checked text value by value, without building a tree.
///
/// A cursor is at one value. For an object one asks for members by name, in any order; for a list one goes over its
/// elements; in both cases the cursor is at the inner value while that is read, and back afterwards. What nobody asks
/// for is passed over. Names are found fastest when they are asked for in the order in which they stand.
///
/// It points into the text, so it cannot be copied or kept: it is only ever handed to a function and back.
public struct JSONCursor: ~Copyable {
    /// The kinds of value.
    public enum Kind: Sendable { case null, bool, number, text, list, object }

    /// What the cursor is at.
    @usableFromInline
    struct Focus {
        /// The token of the value.
        var token: Int
        /// Where to look first for the next name, when it is an object.
        var resume: Int
        /// How many elements of the list around it are still to come, itself included.
        @usableFromInline
        var remaining = 0
    }

    let tokens: Tokens
    @usableFromInline
    var focus: Focus

    init(_ tokens: Tokens, at token: Int) {
        self.tokens = tokens
        focus = Focus(token: token, resume: token + 1)
    }

    /// The kind of the value.
    public var kind: Kind { tokens.kind(of: focus.token) }

    /// Whether the value is `null`.
    public var isNull: Bool { tokens.isNull(focus.token) }

    /// How many members or elements it has, also those that do not count; 0 when it is neither an object nor a list.
    public var count: Int { tokens.count(of: focus.token) }

    /// The way from the whole text to the value.
    public var path: JSONPath { tokens.path(to: focus.token) }

    /// Where the value begins.
    public var position: JSONPosition { JSONPosition(of: tokens.offset(of: focus.token), in: tokens.bytes) }

    /// The value as it stands in the text, white space included.
    public var source: [UInt8] { Array(tokens.source(of: focus.token)) }

    /// Hands out the bytes of the value as they stand in the text, without copying them.
    public func withSource<Result>(
        _ body: (borrowing Span<UInt8>) throws(JSONFault) -> Result
    ) throws(JSONFault) -> Result {
        try body(tokens.source(of: focus.token).span)
    }

    /// A fault at the value, for a rule of the caller's own: a lower-case fact without any value of the text.
    public func fault(_ what: String) -> JSONFault { tokens.fault(.unacceptable, what, at: focus.token) }
}

extension Tokens {
    /// The fault of a value that is of another kind than expected.
    func mismatch(at value: Int, expected: String) -> JSONFault {
        fault(.wrongType, "\(expected) is expected where \(kind(of: value).words) stands", at: value)
    }
}

extension JSONCursor.Kind {
    /// How messages name it.
    var words: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .number: "a number"
        case .text: "a text"
        case .list: "a list"
        case .object: "an object"
        }
    }
}
