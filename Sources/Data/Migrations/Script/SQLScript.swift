/// A text of SQL, cut into its statements where psql would cut it.
package struct SQLScript: Hashable, Sendable {
    /// The statements in order; those that hold nothing but comments are left out.
    package let statements: [SQLStatement]

    /// Cuts a text; fails when something in it does not end.
    package init(_ text: String) throws(SQLScriptFault) {
        let bytes = Array(text.utf8)
        var lexer = SQLLexer(bytes)
        var collector = StatementCollector(bytes: bytes)
        while let lexeme = try lexer.next() {
            switch lexeme {
            case .comment(let comment): collector.comments.append(comment)
            case .token(let token): collector.add(token)
            }
        }
        collector.finish()
        statements = collector.statements
    }
}

/// One statement of a script.
package struct SQLStatement: Hashable, Sendable {
    /// It as it stands, from its first token to its last, without the semicolon.
    package let text: String
    /// What it consists of.
    package let tokens: [SQLToken]
    /// The comments in front of it and inside of it, with their marks.
    package let comments: [String]

    /// The line of the script that it begins in, from 1.
    package var line: Int { tokens.first?.line ?? 1 }

    /// Whether it begins with these keywords, in lower case.
    package func begins(with words: String...) -> Bool {
        tokens.count >= words.count && zip(tokens, words).allSatisfy { $0.isWord($1) }
    }
}

/// Puts tokens together until a semicolon ends a statement. One between parentheses does not, nor one in the body of a
/// function that stands between BEGIN ATOMIC and END.
private struct StatementCollector {
    let bytes: [UInt8]
    var comments: [String] = []
    private(set) var statements: [SQLStatement] = []
    private var tokens: [SQLToken] = []
    private var parentheses = 0
    /// How many of BEGIN ATOMIC and CASE wait for their END.
    private var blocks = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func add(_ token: SQLToken) {
        if token.isSymbol(";"), parentheses <= 0, blocks == 0 { return finish() }
        if token.isSymbol("(") { parentheses += 1 }
        if token.isSymbol(")") { parentheses -= 1 }
        if token.isWord("atomic"), tokens.last?.isWord("begin") == true { blocks += 1 }
        if blocks > 0 {
            if token.isWord("case") { blocks += 1 }
            if token.isWord("end") { blocks -= 1 }
        }
        tokens.append(token)
    }

    mutating func finish() {
        defer { (tokens, parentheses, blocks) = ([], 0, 0) }
        guard let first = tokens.first, let last = tokens.last else { return }
        let text = String(decoding: bytes[first.range.lowerBound..<last.range.upperBound], as: UTF8.self)
        statements.append(SQLStatement(text: text, tokens: tokens, comments: comments))
        comments = []
    }
}
