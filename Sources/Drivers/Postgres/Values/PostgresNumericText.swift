extension PostgresNumeric: CustomStringConvertible, ExpressibleByIntegerLiteral {
    /// A whole number.
    public init(integerLiteral value: Int) { self.init(value) }

    /// Reads digits with a sign and a point, `NaN`, `Infinity` and `-Infinity`; nil for anything else.
    public init?(_ text: String) {
        switch text {
        case "NaN": self = .notANumber
        case "Infinity": self = .infinity
        case "-Infinity": self = .negativeInfinity
        default:
            var rest = Substring(text).utf8
            let isNegative = rest.first == UInt8(ascii: "-")
            if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
            let parts = rest.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
            let whole = Array(parts[0])
            let fraction = parts.count > 1 ? Array(parts[1]) : []
            guard !whole.isEmpty || !fraction.isEmpty, (whole + fraction).allSatisfy({ (48...57).contains($0) }),
                whole.count <= Self.wholeDigitsMax, fraction.count <= Self.scaleMax
            else { return nil }
            self.init(
                .finite(Digits(whole: whole[...], fraction: fraction[...], isNegative: isNegative)),
                scale: fraction.count)
        }
    }

    /// All digits, as many behind the point as its scale says.
    public var description: String {
        switch value {
        case .notANumber: "NaN"
        case .infinity: "Infinity"
        case .negativeInfinity: "-Infinity"
        case .finite(let digits): digits.text(scale: scale)
        }
    }
}

extension PostgresNumeric.Digits {
    /// Takes decimal digits, as ASCII, from before and behind the point.
    init(whole: ArraySlice<UInt8>, fraction: ArraySlice<UInt8>, isNegative: Bool) {
        let missing = (4 - whole.count % 4) % 4
        let zero = UInt8(ascii: "0")
        let all = [UInt8](repeating: zero, count: missing) + whole + fraction
        for start in stride(from: 0, to: all.count, by: 4) {
            var group: Int16 = 0
            for index in start..<start + 4 { group = group * 10 + (index < all.count ? Int16(all[index] - zero) : 0) }
            groups.append(group)
        }
        weight = (whole.count + missing) / 4 - 1
        self.isNegative = isNegative
        normalize()
    }

    fileprivate func text(scale: Int) -> String {
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        if weight < 0 { text.append(UInt8(ascii: "0")) }
        for power in stride(from: weight, through: 0, by: -1) { append(power, to: &text, isFirst: power == weight) }
        if scale > 0 { text.append(UInt8(ascii: ".")) }
        let start = text.count
        for power in 1..<(scale + 3) / 4 + 1 { append(-power, to: &text, isFirst: false) }
        text.removeLast(text.count - start - scale)
        return String(decoding: text, as: UTF8.self)
    }

    private func append(_ power: Int, to text: inout [UInt8], isFirst: Bool) {
        let index = weight - power
        let group = groups.indices.contains(index) ? Int(groups[index]) : 0
        for unit in [1000, 100, 10, 1] where !isFirst || unit == 1 || group >= unit {
            text.append(UInt8(ascii: "0") + UInt8(group / unit % 10))
        }
    }
}
