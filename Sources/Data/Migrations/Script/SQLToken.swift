/// The smallest part of a statement that means something by itself; comments and spaces are none.
package struct SQLToken: Hashable, Sendable {
    /// What a token is.
    package enum Kind: Hashable, Sendable {
        /// A keyword or a name without quotes, in lower case as the server reads it.
        case word
        /// A name in double quotes, without them.
        case quotedName
        /// A text constant of any form, as it stands.
        case text
        /// A number.
        case number
        /// A parameter like `$1`.
        case parameter
        /// An operator or a punctuation mark.
        case symbol
    }

    /// What it is.
    package let kind: Kind
    /// What it says: a word in lower case, a quoted name without its quotes, anything else as it stands.
    package let text: String
    /// The line of the script that it begins in, from 1.
    package let line: Int
    /// Where its bytes stand in the script.
    package let range: Range<Int>

    /// Whether it is this keyword, written in lower case here.
    package func isWord(_ word: String) -> Bool { kind == .word && text == word }

    /// Whether it is this symbol.
    package func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }

    /// The name that it stands for; nil when it can be none.
    package var name: String? { kind == .word || kind == .quotedName ? text : nil }
}

/// A text that is no SQL, because something in it does not end.
package struct SQLScriptFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not end, like "a comment".
    package let what: String
    /// The line that it begins in, from 1.
    package let line: Int

    /// A lower-case fact.
    package var description: String { "\(what) that begins in line \(line) does not end" }
}
