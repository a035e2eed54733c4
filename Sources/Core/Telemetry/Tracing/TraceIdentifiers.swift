internal import Basics

/// The 16 bytes that name a trace in W3C Trace Context; never all zero.
public struct TraceIdentifier: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// A new one that nobody can guess.
    public static func random() -> TraceIdentifier {
        TraceIdentifier(high: .random(in: .min ... .max), low: .random(in: 1 ... .max))
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
    public var description: String { high.hexadecimalDigits + low.hexadecimalDigits }
}

/// The 8 bytes that name a step of a trace; never all zero.
public struct SpanIdentifier: Hashable, Sendable, CustomStringConvertible {
    private let value: UInt64

    /// A new one that nobody can guess.
    public static func random() -> SpanIdentifier { SpanIdentifier(value: .random(in: 1 ... .max)) }

    private init(value: UInt64) { self.value = value }

    /// Reads 16 lower-case hexadecimal digits, not all zero; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, let value = UInt64(lowercaseHexadecimal: text.utf8), value != 0 else { return nil }
        self.init(value: value)
    }

    /// 16 lower-case hexadecimal digits.
    public var description: String { value.hexadecimalDigits }
}

extension UInt64 {
    fileprivate var hexadecimalDigits: String {
        hexadecimal((0..<8).reversed().map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) })
    }
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
