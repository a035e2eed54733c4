import Digests

/// How a migration is recognised: the SHA-256 of its file as lower-case hexadecimal digits.
package struct MigrationChecksum: Hashable, Sendable {
    /// Of the bytes as they are, which is what is recorded.
    package let text: String
    /// Of the same text with the other ends of lines, as Git may have checked it out elsewhere.
    private let others: Set<String>

    /// The checksum of a file.
    package init(of bytes: [UInt8]) {
        text = Self.digits(bytes)
        others = [Self.digits(Self.withoutReturns(bytes)), Self.digits(Self.withReturns(bytes))]
    }

    /// Whether a record of the table is about this text, whatever ends its lines had.
    package func matches(_ recorded: String) -> Bool { recorded == text || others.contains(recorded) }

    private static func digits(_ bytes: [UInt8]) -> String { Digest(.sha256, of: bytes).hexadecimal }

    private static func withoutReturns(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for byte in bytes {
            if byte == UInt8(ascii: "\n"), result.last == UInt8(ascii: "\r") { result.removeLast() }
            result.append(byte)
        }
        return result
    }

    /// As Prisma counts it: a return is put before every line feed, also where one stands already.
    private static func withReturns(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 16)
        for byte in bytes {
            if byte == UInt8(ascii: "\n") { result.append(UInt8(ascii: "\r")) }
            result.append(byte)
        }
        return result
    }
}
