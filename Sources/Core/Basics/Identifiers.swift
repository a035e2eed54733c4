/// Identifiers that nobody can guess, from the kernel's generator.
public enum RandomIdentifier {
    /// `bytes` random bytes as lower-case hexadecimal digits.
    public static func hex(bytes count: Int) -> String {
        var generator = BufferedRandom()
        return hexadecimal((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}

/// Lower-case hexadecimal digits of some bytes.
public func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { text in
        var place = 0
        for byte in bytes {
            text[place] = hexadecimalDigit(byte >> 4)
            text[place + 1] = hexadecimalDigit(byte & 15)
            place += 2
        }
        return place
    }
}

/// The lower-case digit of a number below 16.
public func hexadecimalDigit(_ number: UInt8) -> UInt8 {
    number < 10 ? UInt8(ascii: "0") + number : UInt8(ascii: "a") + number - 10
}

/// The number that a digit stands for, in small or capital letters; nil for what is no digit.
public func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}
