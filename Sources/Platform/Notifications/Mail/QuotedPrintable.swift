/// Text of any kind as lines of plain ASCII that people can mostly read (RFC 2045, section 6.7).
enum QuotedPrintable {
    private static let lengthMax = 76

    /// The lines of a text whose own lines end with line feeds.
    static func lines(of text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).flatMap {
            lines(of: Array($0))
        }
    }

    private static func lines(of bytes: [UInt8]) -> [String] {
        var lines = [""]
        for (place, byte) in bytes.enumerated() {
            let piece = text(of: byte, isLast: place == bytes.count - 1)
            // One place is for the sign that the line goes on.
            if lines[lines.count - 1].utf8.count + piece.utf8.count > lengthMax - 1 {
                lines[lines.count - 1] += "="
                lines.append("")
            }
            lines[lines.count - 1] += piece
        }
        return lines
    }

    private static func text(of byte: UInt8, isLast: Bool) -> String {
        let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || isBlank && !isLast
        guard !isPlain else { return String(Unicode.Scalar(byte)) }
        let digits = String(byte, radix: 16, uppercase: true)
        return "=" + (byte < 16 ? "0" : "") + digits
    }
}
