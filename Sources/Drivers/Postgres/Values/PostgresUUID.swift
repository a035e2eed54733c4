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
        var generator = BufferedRandom()
        let (high, low) = (generator.next(), generator.next())
        return PostgresUUID(high: high & ~0xf000 | 0x4000, low: low & ~(0b11 << 62) | 0b10 << 62)
    }

    /// A new one that carries a moment in milliseconds, so that those made one after the other lie side by side in an
    /// index (version 7 of RFC 9562).
    public static func timed(at moment: Timestamp) -> PostgresUUID {
        var generator = BufferedRandom()
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
        var text = text
        guard let value = text.withUTF8({ Self.read($0) }) else { return nil }
        self = value
    }

    private static func read(_ text: UnsafeBufferPointer<UInt8>) -> PostgresUUID? {
        guard text.count == textLength else { return nil }
        var value = PostgresUUID(high: 0, low: 0)
        for (place, byte) in text.enumerated() {
            if isHyphen(place) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = hexadecimalValue(byte) else { return nil }
            if place < secondHalf {
                value.high = value.high << 4 | UInt64(digit)
            } else {
                value.low = value.low << 4 | UInt64(digit)
            }
        }
        return value
    }

    private static let textLength = 36
    /// Where the digits of the last eight bytes begin.
    private static let secondHalf = 19

    private static func isHyphen(_ place: Int) -> Bool { place == 8 || place == 13 || place == 18 || place == 23 }
}

extension PostgresUUID: Comparable, CustomStringConvertible {
    /// As PostgreSQL orders them: by the bytes.
    public static func < (left: PostgresUUID, right: PostgresUUID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// Lower-case digits in the usual groups.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textLength) { text in
            withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bytes in
                var place = 0
                for byte in bytes {
                    if Self.isHyphen(place) {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    text[place] = hexadecimalDigit(byte >> 4)
                    text[place + 1] = hexadecimalDigit(byte & 15)
                    place += 2
                }
            }
            return Self.textLength
        }
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
