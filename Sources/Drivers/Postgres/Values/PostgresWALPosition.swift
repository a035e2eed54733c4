/// A place in the write-ahead log (`pg_lsn`): the bytes written before it since the server was made.
public struct PostgresWALPosition: Hashable, Sendable {
    /// The number of bytes.
    public var bytes: UInt64

    /// The place behind so many bytes.
    public init(bytes: UInt64) { self.bytes = bytes }

    /// Reads two hexadecimal numbers with a slash between them, as the server writes them; nil for anything else.
    public init?(_ text: String) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy({ $0.utf8.count <= 8 && !$0.hasPrefix("+") }),
            let high = UInt32(halves[0], radix: 16), let low = UInt32(halves[1], radix: 16)
        else { return nil }
        bytes = UInt64(high) << 32 | UInt64(low)
    }
}

extension PostgresWALPosition: Comparable, CustomStringConvertible {
    /// The one that was written first.
    public static func < (left: PostgresWALPosition, right: PostgresWALPosition) -> Bool { left.bytes < right.bytes }

    /// As the server writes it, like `16/B374D848`.
    public var description: String {
        "\(String(bytes >> 32, radix: 16, uppercase: true))/\(String(bytes & 0xffff_ffff, radix: 16, uppercase: true))"
    }
}

extension PostgresWALPosition: PostgresElement, PostgresCodable {
    /// `pg_lsn`.
    public static var postgresType: PostgresType { .walPosition }

    /// `pg_lsn` only.
    public static func isReadable(from type: PostgresType) -> Bool { type == .walPosition }

    /// Reads 8 bytes.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) { self.init(bytes: try reader.integer()) }

    /// Writes 8 bytes.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) { writer.write(integer: bytes) }
}
