public import Basics

/// A `uuid`: 128 bits.
public struct PostgresUUID: Hashable, Sendable {
    /// The first eight bytes.
    public var high: UInt64
    /// The last eight bytes.
    public var low: UInt64

    /// A value by its halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new random one (version 4).
    public static func random() -> PostgresUUID {
        var generator = SystemRandomNumberGenerator()
        let (high, low) = (generator.next(), generator.next())
        return PostgresUUID(high: high & ~0xf000 | 0x4000, low: low & ~(0b11 << 62) | 0b10 << 62)
    }

    /// A new one that carries a moment in milliseconds, so that those made one after the other lie side by side in an
    /// index (version 7 of RFC 9562).
    public static func timed(at moment: Timestamp) -> PostgresUUID {
        var generator = SystemRandomNumberGenerator()
        return timed(at: moment, random: generator.next(), generator.next())
    }

    /// The one that carries a moment and whatever of these bits has room beside it; the same for the same.
    public static func timed(at moment: Timestamp, random first: UInt64, _ second: UInt64) -> PostgresUUID {
        let milliseconds = UInt64(max(0, moment.microseconds) / 1000)
        return PostgresUUID(
            high: milliseconds << 16 | 0x7000 | first & 0xfff, low: second & ~(0b11 << 62) | 0b10 << 62)
    }

    /// The moment, in milliseconds, that one of version 7 carries.
    public var moment: Timestamp { Timestamp(microseconds: Int64(high >> 16) * 1000) }

    /// Reads 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12; nil for anything else.
    public init?(_ text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return nil }
        let digits = groups.joined()
        // A number's text may begin with a sign, which is no digit here.
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }
}

extension PostgresUUID: Comparable, CustomStringConvertible {
    /// As PostgreSQL orders them: by the bytes.
    public static func < (left: PostgresUUID, right: PostgresUUID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// Lower-case digits in the usual groups.
    public var description: String {
        let digits = [high, low].map { half in
            let text = String(half, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }.joined()
        var rest = Substring(digits)
        return [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }
}

extension PostgresUUID: PostgresElement, PostgresCodable {
    /// `uuid`.
    public static var postgresType: PostgresType { .uuid }

    /// `uuid` only.
    public static func isReadable(from type: PostgresType) -> Bool { type == .uuid }

    /// Reads 16 bytes.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        self.init(high: try reader.integer(), low: try reader.integer())
    }

    /// Writes 16 bytes.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        writer.write(integer: high)
        writer.write(integer: low)
    }
}
