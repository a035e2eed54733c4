/// Cuts SQL into tokens and comments as PostgreSQL does, with `standard_conforming_strings` on. It knows where things
/// end and nothing of what they mean.
struct SQLLexer {
    /// What was read.
    enum Lexeme: Hashable {
        case token(SQLToken)
        case comment(String)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next token or comment; nil at the end.
    mutating func next() throws(SQLScriptFault) -> Lexeme? {
        while let byte = peek(), byte.isSQLSpace { advance() }
        guard let first = peek() else { return nil }
        let (start, firstLine) = (position, line)
        if starts(with: "--") {
            while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
            return .comment(text(from: start))
        }
        if starts(with: "/*") {
            try skipBlockComment()
            return .comment(text(from: start))
        }
        let kind = try skipToken(first)
        let said = text(from: start)
        let meaning =
            switch kind {
            case .word: said.lowercased()
            case .quotedName: Self.unquoted(said)
            default: said
            }
        return .token(SQLToken(kind: kind, text: meaning, line: firstLine, range: start..<position))
    }

    // MARK: - Reading

    private func peek(_ ahead: Int = 0) -> UInt8? { position + ahead < bytes.count ? bytes[position + ahead] : nil }

    private func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    }

    private func text(from start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    private static func unquoted(_ text: String) -> String {
        var name: [UInt8] = []
        var isSecondQuote = false
        let inside = text.utf8.drop { $0 != UInt8(ascii: "\"") }.dropFirst().dropLast()
        for byte in inside {
            let isQuote = byte == UInt8(ascii: "\"")
            if isQuote, isSecondQuote {
                isSecondQuote = false
                continue
            }
            isSecondQuote = isQuote
            name.append(byte)
        }
        return String(decoding: name, as: UTF8.self)
    }

    // MARK: - What ends by itself

    private mutating func skipBlockComment() throws(SQLScriptFault) {
        let begin = line
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                advance(2)
            } else if starts(with: "*/") {
                depth -= 1
                advance(2)
            } else if peek() == nil {
                throw SQLScriptFault(what: "a comment", line: begin)
            } else {
                advance()
            }
        } while depth > 0
    }

    private mutating func skipToken(_ first: UInt8) throws(SQLScriptFault) -> SQLToken.Kind {
        switch first {
        case UInt8(ascii: "'"):
            try skipQuoted(by: first, "a text", backslashEscapes: false)
            return .text
        case UInt8(ascii: "\""):
            try skipQuoted(by: first, "a quoted name", backslashEscapes: false)
            return .quotedName
        case UInt8(ascii: "$"):
            return try skipDollar()
        case _ where first.startsSQLName:
            return try skipWord()
        case _ where first.isSQLDigit, UInt8(ascii: ".") where peek(1)?.isSQLDigit == true:
            skipNumber()
            return .number
        default:
            skipSymbol(first)
            return .symbol
        }
    }

    private mutating func skipQuoted(
        by quote: UInt8, _ what: String, backslashEscapes: Bool
    ) throws(SQLScriptFault) {
        let begin = line
        advance()
        while let byte = peek() {
            switch byte {
            case quote where peek(1) == quote: advance(2)
            case quote:
                advance()
                return
            case UInt8(ascii: "\\") where backslashEscapes: advance(2)
            default: advance()
            }
        }
        throw SQLScriptFault(what: what, line: begin)
    }

    /// A parameter, or a text between tags like `$body$`.
    private mutating func skipDollar() throws(SQLScriptFault) -> SQLToken.Kind {
        if peek(1)?.isSQLDigit == true {
            advance()
            while peek()?.isSQLDigit == true { advance() }
            return .parameter
        }
        var length = 1
        if peek(1)?.startsSQLName == true {
            while let byte = peek(length), byte.continuesSQLName, byte != UInt8(ascii: "$") { length += 1 }
        }
        guard peek(length) == UInt8(ascii: "$") else {
            advance()
            return .symbol
        }
        let (tag, begin) = (bytes[position...(position + length)], line)
        advance(tag.count)
        while peek() != nil {
            if bytes[position...].starts(with: tag) {
                advance(tag.count)
                return .text
            }
            advance()
        }
        throw SQLScriptFault(what: "a text between \(String(decoding: tag, as: UTF8.self)) signs", line: begin)
    }

    /// A word, or the letters in front of a text or a quoted name that say how to read it.
    private mutating func skipWord() throws(SQLScriptFault) -> SQLToken.Kind {
        let quote = UInt8(ascii: "'")
        let first = (peek() ?? 0) | 0x20
        if peek(1) == quote,
            [UInt8(ascii: "e"), UInt8(ascii: "b"), UInt8(ascii: "x"), UInt8(ascii: "n")].contains(first)
        {
            advance()
            try skipQuoted(by: quote, "a text", backslashEscapes: first == UInt8(ascii: "e"))
            return .text
        }
        if first == UInt8(ascii: "u"), peek(1) == UInt8(ascii: "&"), let opening = peek(2) {
            if opening == quote || opening == UInt8(ascii: "\"") {
                advance(2)
                try skipQuoted(
                    by: opening, opening == quote ? "a text" : "a quoted name", backslashEscapes: false)
                return opening == quote ? .text : .quotedName
            }
        }
        while peek()?.continuesSQLName == true { advance() }
        return .word
    }

    private mutating func skipNumber() {
        while let byte = peek() {
            let isSignOfExponent =
                (byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"))
                && bytes[position - 1] | 0x20 == UInt8(ascii: "e") && peek(1)?.isSQLDigit == true
            guard byte.isSQLDigit || byte == UInt8(ascii: ".") || byte.startsSQLName || isSignOfExponent else { return }
            advance()
        }
    }

    /// One byte, or several that only mean something together.
    private mutating func skipSymbol(_ first: UInt8) {
        for operation: StaticString in ["::", ":=", "<=", ">=", "<>", "!=", "||", "->>", "->", "&&", "@>", "<@", "=>"]
        where starts(with: operation) {
            return advance(operation.utf8CodeUnitCount)
        }
        advance()
    }
}

extension UInt8 {
    fileprivate var isSQLSpace: Bool { self == 32 || (9...13).contains(self) }

    fileprivate var isSQLDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// A letter, an underscore, or a byte of any character beyond ASCII.
    fileprivate var startsSQLName: Bool {
        self >= 128 || self == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    fileprivate var continuesSQLName: Bool { startsSQLName || isSQLDigit || self == UInt8(ascii: "$") }
}
