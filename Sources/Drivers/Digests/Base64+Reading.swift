extension Base64 {
    /// The bytes that a padded text stands for; nil for anything that `text` does not write.
    public static func bytes(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 4) else { return nil }
        let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3)
        var (value, bits) = (0, 0)
        for character in characters.dropLast(padding) {
            guard let digit = digit(character) else { return nil }
            (value, bits) = (value << 6 | digit, bits + 6)
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(value >> bits & 255))
            value &= (1 << bits) - 1
        }
        // What is left over carries nothing.
        return value == 0 ? bytes : nil
    }

    private static func digit(_ character: UInt8) -> Int? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
