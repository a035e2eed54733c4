/// Identifiers that nobody can guess, from the kernel's generator.
public enum RandomIdentifier {
    /// `bytes` random bytes as lower-case hexadecimal digits.
    public static func hex(bytes count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return hexadecimal((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}

/// Lower-case hexadecimal digits of some bytes.
public func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
