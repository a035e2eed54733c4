/// Makes text harmless in a line, whatever reads it.
enum LogEscaping {
    /// Appends `text` between quotes, as a JSON string.
    static func writeQuoted(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        write(text, escapingQuotes: true, to: &output)
        output.append(UInt8(ascii: "\""))
    }

    /// Appends `text` without quotes.
    static func write(_ text: String, to output: inout [UInt8]) {
        write(text, escapingQuotes: false, to: &output)
    }

    /// Whether `text` beside an equals sign could be mistaken for something else.
    static func needsQuotes(_ text: String) -> Bool {
        text.isEmpty
            || text.unicodeScalars.contains { scalar in
                scalar == "\"" || scalar == "\\" || scalar == "=" || scalar.properties.isWhitespace
                    || isDangerous(scalar)
            }
    }

    private static func write(_ text: String, escapingQuotes: Bool, to output: inout [UInt8]) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": output += #"\n"#.utf8
            case "\r": output += #"\r"#.utf8
            case "\t": output += #"\t"#.utf8
            case "\"" where escapingQuotes: output += #"\""#.utf8
            case "\\": output += #"\\"#.utf8
            case _ where isDangerous(scalar): output += escape(scalar).utf8
            default: output += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// Control characters, line separators, and the marks that turn the direction of what follows. All lie in the basic
    /// plane.
    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
