package import Postgres

/// A sealed value as it stands in a column of the type `bytea`.
///
/// Its bytes are a version (1), the number of the key (2 bytes), a random nonce (12), the encrypted text, which is as
/// long as the text itself, and the tag (16): 31 bytes more than the text. So its length can be seen.
package struct SealedText: Hashable, Sendable {
    /// The bytes as they are stored.
    package let bytes: [UInt8]

    static let version: UInt8 = 1
    static let headSize = 3

    /// Bytes that were stored.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// The key that it was sealed with; nil when it is of no form that is known here.
    package var keyID: SealingKeyID? {
        guard bytes.count >= Self.headSize, bytes[0] == Self.version else { return nil }
        return SealingKeyID(UInt16(bytes[1]) << 8 | UInt16(bytes[2]))
    }

    static func head(_ id: SealingKeyID) -> [UInt8] {
        [version, UInt8(id.number >> 8), UInt8(truncatingIfNeeded: id.number)]
    }
}

extension SealedText: CustomStringConvertible {
    /// The key and the size.
    package var description: String { "\(bytes.count) bytes sealed with key \(keyID?.description ?? "unknown")" }
}

extension SealedText: PostgresElement, PostgresCodable {
    /// `bytea`.
    package static var postgresType: PostgresType { .bytea }

    /// `bytea` only.
    package static func isReadable(from type: PostgresType) -> Bool { type == .bytea }

    /// Reads all of it.
    package init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        self.init(bytes: try reader.bytes(reader.remaining))
    }

    /// Writes the bytes.
    package func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) { writer.write(bytes) }
}
