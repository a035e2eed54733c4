extension JSONAppender {
    /// A text.
    public mutating func append(_ text: String) {
        beginValue()
        appendQuoted(text)
    }

    mutating func appendQuoted(_ text: String) {
        var text = text
        text.withUTF8 { appendQuoted($0) }
    }

    /// Escapes what RFC 8259 wants escaped, and nothing else, and copies what stands between in one go.
    mutating func appendQuoted(_ text: UnsafeBufferPointer<UInt8>) {
        appendByte(UInt8(ascii: "\""))
        var start = 0
        while true {
            let end = JSONAppender.firstToEscape(in: text, from: start)
            appendRaw(UnsafeBufferPointer(rebasing: text[start..<end]))
            guard end < text.count else { break }
            appendEscape(of: text[end])
            start = end + 1
        }
        appendByte(UInt8(ascii: "\""))
    }

    private mutating func appendEscape(of byte: UInt8) {
        appendByte(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): appendByte(byte)
        case 0x08: appendByte(UInt8(ascii: "b"))
        case 0x09: appendByte(UInt8(ascii: "t"))
        case 0x0A: appendByte(UInt8(ascii: "n"))
        case 0x0C: appendByte(UInt8(ascii: "f"))
        case 0x0D: appendByte(UInt8(ascii: "r"))
        default:
            appendRaw("u00".utf8)
            for digit in [byte >> 4, byte & 15] {
                appendByte(digit + UInt8(ascii: digit < 10 ? "0" : "W"))
            }
        }
    }

    /// Where the next quote, backslash or control character stands; the end when there is none.
    private static func firstToEscape(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let raw = UnsafeRawBufferPointer(text)
        let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        var position = start
        // Eight at a time. A byte less than a bound is told by the borrow; the lowest hit is always a true one.
        while text.count - position >= 8 {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            let hits =
                ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word)
                & highs
            if hits != 0 { return position + hits.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < text.count, !needsEscape(text[position]) { position += 1 }
        return position
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
