extension Double {
    /// The powers of ten that a `Double` holds exactly.
    private static let exactPowers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// Reads a number that was checked, rounded to the nearest; nil when it is too large.
    init?(decimal text: UnsafeBufferPointer<UInt8>) {
        if let exact = Double.exact(text) {
            self = exact
            return
        }
        guard let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite else { return nil }
        self = number
    }

    /// Numbers of up to 15 digits with a small exponent, which are most of them: both the digits and the power of ten
    /// are exact, so the one multiplication or division rounds correctly.
    private static func exact(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        var (digits, count, scale, position) = (0, 0, 0, 0)
        let isNegative = text.first == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var isFraction = false
        while position < text.count, text[position] | 0x20 != UInt8(ascii: "e") {
            defer { position += 1 }
            guard text[position] != UInt8(ascii: ".") else {
                isFraction = true
                continue
            }
            count += 1
            guard count <= 15 else { return nil }
            digits = digits * 10 + Int(text[position] &- UInt8(ascii: "0"))
            if isFraction { scale -= 1 }
        }
        if position < text.count {
            guard let exponent = Int(String(decoding: text[(position + 1)...], as: UTF8.self)),
                (-1000...1000).contains(exponent)
            else { return nil }
            scale += exponent
        }
        guard exactPowers.indices.contains(abs(scale)) else { return nil }
        let value = scale < 0 ? Double(digits) / exactPowers[-scale] : Double(digits) * exactPowers[scale]
        return isNegative ? -value : value
    }
}
