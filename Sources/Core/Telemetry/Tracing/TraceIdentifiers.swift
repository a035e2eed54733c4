internal import Basics

/// The 16 bytes that name a trace in W3C Trace Context; never all zero.
public struct TraceIdentifier: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// A new one that nobody can guess.
    public static func random() -> TraceIdentifier {
        var generator = BufferedRandom()
        return TraceIdentifier(high: generator.next(), low: .random(in: 1 ... .max, using: &generator))
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 32 lower-case hexadecimal digits, not all zero; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 32, let high = UInt64(lowercaseHexadecimal: text.utf8.prefix(16)),
            let low = UInt64(lowercaseHexadecimal: text.utf8.dropFirst(16)), high | low != 0
        else { return nil }
        self.init(high: high, low: low)
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { hexadecimal($0) }
    }
}

/// The 8 bytes that name a step of a trace; never all zero.
public struct SpanIdentifier: Hashable, Sendable, CustomStringConvertible {
    private let value: UInt64

    /// A new one that nobody can guess.
    public static func random() -> SpanIdentifier {
        var generator = BufferedRandom()
        return SpanIdentifier(value: .random(in: 1 ... .max, using: &generator))
    }

    private init(value: UInt64) { self.value = value }

    /// Reads 16 lower-case hexadecimal digits, not all zero; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, let value = UInt64(lowercaseHexadecimal: text.utf8), value != 0 else { return nil }
        self.init(value: value)
    }

    /// 16 lower-case hexadecimal digits.
    public var description: String { withUnsafeBytes(of: value.bigEndian) { hexadecimal($0) } }
}

extension FixedWidthInteger {
    /// Reads lower-case hexadecimal digits and nothing else; the number must fit.
    init?(lowercaseHexadecimal digits: some Collection<UInt8>) {
        guard !digits.isEmpty, digits.count <= Self.bitWidth / 4 else { return nil }
        var value: Self = 0
        for byte in digits {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | Self(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | Self(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        self = value
    }
}
