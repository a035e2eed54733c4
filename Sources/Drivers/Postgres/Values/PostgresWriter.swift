import Glibc

/// Takes the bytes of values as the server reads them.
public struct PostgresWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// Nothing written yet.
    public init() {}

    /// Writes an integer, most significant byte first.
    public mutating func write(integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Writes bytes as they are.
    public mutating func write(_ bytes: some Collection<UInt8>) { self.bytes.append(contentsOf: bytes) }

    /// Writes a text as UTF-8.
    public mutating func write(text: String) throws(PostgresValueFault) {
        guard !text.holdsZeroByte else { throw .zeroByte }
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes a value behind its length, as arrays, rows and ranges hold their parts; NULL has the length −1.
    public mutating func write(part value: some PostgresEncodable) throws(PostgresValueFault) {
        guard !value.isPostgresNull else { return write(integer: Int32(-1)) }
        let start = bytes.count
        write(integer: Int32(0))
        try value.encode(into: &self)
        guard let length = Int32(exactly: bytes.count - start - 4) else {
            throw PostgresValueFault("it is larger than PostgreSQL takes")
        }
        replace(integer: length, at: start)
    }

    mutating func replace(integer: Int32, at position: Int) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.replaceSubrange(position..<position + 4, with: $0) }
    }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}

extension String {
    /// Whether it holds the one character that PostgreSQL's text cannot.
    var holdsZeroByte: Bool {
        utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
        } ?? utf8.contains(0)
    }
}
