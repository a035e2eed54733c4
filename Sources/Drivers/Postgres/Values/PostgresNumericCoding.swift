extension PostgresNumeric: PostgresElement, PostgresCodable {
    private enum Sign {
        static let positive: UInt16 = 0x0000
        static let negative: UInt16 = 0x4000
        static let notANumber: UInt16 = 0xC000
        static let infinity: UInt16 = 0xD000
        static let negativeInfinity: UInt16 = 0xF000
    }

    /// `numeric`.
    public static var postgresType: PostgresType { .numeric }

    /// `numeric` only.
    public static func isReadable(from type: PostgresType) -> Bool { type == .numeric }

    /// Reads the groups of four digits.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        let count = Int(try reader.integer(UInt16.self))
        let weight = Int(try reader.integer(Int16.self))
        let sign = try reader.integer(UInt16.self)
        let scale = Int(try reader.integer(UInt16.self))
        guard count * 2 <= reader.remaining else { throw .truncated }
        var digits = Digits(groups: [], weight: weight, isNegative: sign == Sign.negative)
        for _ in 0..<count {
            let group = try reader.integer(Int16.self)
            guard (0..<10_000).contains(group) else { throw PostgresValueFault("a digit is none") }
            digits.groups.append(group)
        }
        switch sign {
        case Sign.positive, Sign.negative: self = try Self.finite(digits, scale)
        case Sign.notANumber: self = .notANumber
        case Sign.infinity: self = .infinity
        case Sign.negativeInfinity: self = .negativeInfinity
        default: throw PostgresValueFault("the sign is none")
        }
    }

    private static func finite(_ digits: Digits, _ scale: Int) throws(PostgresValueFault) -> PostgresNumeric {
        guard scale <= scaleMax else { throw PostgresValueFault("the scale is too large") }
        var digits = digits
        digits.normalize()
        guard digits.fractionDigits <= scale else { throw PostgresValueFault("it has more digits than its scale says") }
        return PostgresNumeric(.finite(digits), scale: scale)
    }

    /// Writes the groups of four digits.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        var digits = Digits()
        let sign: UInt16
        switch value {
        case .notANumber: sign = Sign.notANumber
        case .infinity: sign = Sign.infinity
        case .negativeInfinity: sign = Sign.negativeInfinity
        case .finite(let finite):
            digits = finite
            sign = finite.isNegative ? Sign.negative : Sign.positive
        }
        guard let weight = Int16(exactly: digits.weight), let count = Int16(exactly: digits.groups.count) else {
            throw PostgresValueFault("it has more digits than PostgreSQL takes")
        }
        writer.write(integer: count)
        writer.write(integer: weight)
        writer.write(integer: sign)
        writer.write(integer: UInt16(scale))
        for group in digits.groups { writer.write(integer: group) }
    }
}

extension PostgresNumeric.Digits {
    /// How many digits behind the point are needed to write it exactly.
    fileprivate var fractionDigits: Int {
        guard var last = groups.last else { return 0 }
        var count = (groups.count - weight - 1) * 4
        while count > 0, last % 10 == 0 {
            last /= 10
            count -= 1
        }
        return max(0, count)
    }
}
