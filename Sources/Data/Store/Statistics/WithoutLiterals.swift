/// An SQL expression as PostgreSQL prints it, with `?` in the place of each text and number; parameters and names stay.
///
/// Where it cannot tell, it takes too much out: whatever follows a quote that does not end is gone.
func withoutLiterals(_ expression: String) -> String {
    var stripper = LiteralStripper(rest: Array(expression.utf8)[...])
    return stripper.run()
}

private struct LiteralStripper {
    var rest: ArraySlice<UInt8>
    var text: [UInt8] = []

    mutating func run() -> String {
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: "'"): skipText(hasEscapes: false)
            case UInt8(ascii: "\""): copyQuotedName()
            case UInt8(ascii: "$"): copyParameter()
            case UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"): takeNumber()
            case _ where Self.isWord(byte): copyWord()
            default: copy()
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: byte == UInt8(ascii: "_") || byte >= 0x80
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func copy() { text.append(rest.removeFirst()) }

    private mutating func copyWord() {
        let word = rest.prefix { Self.isWord($0) || Self.isDigit($0) || $0 == UInt8(ascii: "$") }
        rest = rest.dropFirst(word.count)
        guard rest.first == UInt8(ascii: "'"), word.count <= 2 else { return text.append(contentsOf: word) }
        // E'…', B'…', X'…' and U&'…': the prefix belongs to the text.
        skipText(hasEscapes: word.count == 1 && word.first.map { $0 | 0x20 } == UInt8(ascii: "e"))
    }

    private mutating func skipText(hasEscapes: Bool) {
        rest.removeFirst()
        text.append(UInt8(ascii: "?"))
        while let byte = rest.popFirst() {
            if hasEscapes, byte == UInt8(ascii: "\\") {
                _ = rest.popFirst()
            } else if byte == UInt8(ascii: "'") {
                guard rest.first == byte else { return }
                rest.removeFirst()
            }
        }
    }

    private mutating func copyQuotedName() {
        copy()
        while let byte = rest.popFirst() {
            text.append(byte)
            if byte == UInt8(ascii: "\"") { return }
        }
    }

    /// `$1`; anything else behind a dollar is no expression that PostgreSQL prints.
    private mutating func copyParameter() {
        let digits = rest.dropFirst().prefix(while: Self.isDigit)
        guard !digits.isEmpty else {
            text.append(UInt8(ascii: "?"))
            rest = []
            return
        }
        text.append(contentsOf: rest.prefix(digits.count + 1))
        rest = rest.dropFirst(digits.count + 1)
    }

    /// A number, or the dot between two names.
    private mutating func takeNumber() {
        let number = rest.prefix { Self.isDigit($0) || $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
        guard number.contains(where: Self.isDigit) else { return copy() }
        rest = rest.dropFirst(number.count)
        text.append(UInt8(ascii: "?"))
        // The sign of an exponent, and the digits behind it.
        if number.last.map({ $0 | 0x20 }) == UInt8(ascii: "e"), let sign = rest.first, sign == 43 || sign == 45 {
            rest = rest.dropFirst().drop(while: Self.isDigit)
        }
    }
}
