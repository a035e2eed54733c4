/// Splits Swift source into tokens: words, string literals and single symbols.
///
/// It reads what the checks need and no more. The one thing that it takes for something else is a quote inside a bare
/// `/regex/`; a string that does not end on its line is given up there, so that the mistake ends with the line.
struct Lexer {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var lastTokenLine = 0
    private var lastTokenEnd = 0
    private(set) var tokens: [Token] = []

    static func tokens(of text: String) -> [Token] {
        var lexer = Lexer(bytes: Array(text.utf8))
        while lexer.position < lexer.bytes.count { lexer.step() }
        return lexer.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ offset: Int = 0) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }

    private func follows(_ text: StaticString) -> Bool {
        (0..<text.utf8CodeUnitCount).allSatisfy { byte($0) == text.utf8Start[$0] }
    }

    private mutating func advance() {
        if byte() == 0x0A { line += 1 }
        position += 1
    }

    private mutating func step() {
        if [0x20, 0x0A, 0x09, 0x0D].contains(byte()) { return advance() }
        if follows("//") { return skipLine() }
        if follows("/*") { return skipBlockComment() }
        let hashes = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
        if byte(hashes) == UInt8(ascii: "\"") { return string(hashes: hashes) }
        if byte() == UInt8(ascii: "`") { return quotedWord() }
        if isWord(byte()) { return word() }
        let start = position
        advance()
        append(.symbol, from: start, on: line)
    }

    private mutating func skipLine() {
        while position < bytes.count, byte() != 0x0A { advance() }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            let opens = follows("/*")
            let closes = follows("*/")
            depth += opens ? 1 : closes ? -1 : 0
            advance()
            if opens || closes { advance() }
        } while depth > 0 && position < bytes.count
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...: true
        default: false
        }
    }

    private mutating func word() {
        let start = position
        while position < bytes.count, isWord(byte()) { advance() }
        append(.word, from: start, on: line)
    }

    private mutating func quotedWord() {
        let start = position
        repeat { advance() } while position < bytes.count && byte() != UInt8(ascii: "`") && byte() != 0x0A
        if byte() == UInt8(ascii: "`") { advance() }
        append(.word, from: start, on: line)
    }

    private mutating func string(hashes: Int) {
        let start = (position: position, line: line)
        for _ in 0..<hashes { advance() }
        let quotes = follows("\"\"\"") ? 3 : 1
        for _ in 0..<quotes { advance() }
        let index = tokens.count
        append(.string, from: start.position, on: start.line)
        let content = position
        while position < bytes.count, !closes(quotes: quotes, hashes: hashes) {
            if quotes == 1, byte() == 0x0A { break }
            if !escapes(hashes: hashes) { advance(); continue }
            for _ in 0..<(hashes + 1) { advance() }
            if byte() == UInt8(ascii: "(") { interpolation() } else { advance() }
        }
        tokens[index].text = String(decoding: bytes[content..<min(position, bytes.count)], as: UTF8.self)
        for _ in 0..<(quotes + hashes) where position < bytes.count && byte() != 0x0A { advance() }
        lastTokenEnd = position
    }

    private func closes(quotes: Int, hashes: Int) -> Bool {
        (0..<quotes).allSatisfy { byte($0) == UInt8(ascii: "\"") }
            && (quotes..<(quotes + hashes)).allSatisfy { byte($0) == UInt8(ascii: "#") }
    }

    private func escapes(hashes: Int) -> Bool {
        byte() == UInt8(ascii: "\\") && (1..<(hashes + 1)).allSatisfy { byte($0) == UInt8(ascii: "#") }
    }

    /// The code inside `\( )`, which becomes tokens like any other.
    private mutating func interpolation() {
        var depth = 0
        repeat {
            if byte() == UInt8(ascii: "(") { depth += 1 }
            if byte() == UInt8(ascii: ")") { depth -= 1 }
            step()
        } while depth > 0 && position < bytes.count
    }

    private mutating func append(_ kind: Token.Kind, from start: Int, on line: Int) {
        tokens.append(
            Token(
                kind: kind, text: String(decoding: bytes[start..<position], as: UTF8.self), line: line,
                startsLine: line != lastTokenLine, touchesPrevious: start == lastTokenEnd))
        lastTokenLine = line
        lastTokenEnd = position
    }
}
