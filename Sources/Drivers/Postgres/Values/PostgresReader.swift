/// The bytes of one value as the server sent them, read from the front.
///
/// It can neither be copied nor made outside of the driver, so it does not outlive the bytes. Every read is checked
/// against the end.
public struct PostgresReader: ~Copyable {
    /// The value's type on the server.
    public let type: PostgresType
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer, type: PostgresType) {
        self.bytes = bytes
        self.type = type
    }

    /// How many bytes are left.
    public var remaining: Int { bytes.count - position }

    /// The next integer, most significant byte first.
    public mutating func integer<Integer: FixedWidthInteger>(
        _ type: Integer.Type = Integer.self
    ) throws(PostgresValueFault) -> Integer {
        let part = try part(MemoryLayout<Integer>.size)
        return Integer(bigEndian: part.loadUnaligned(as: Integer.self))
    }

    /// The next `count` bytes.
    public mutating func bytes(_ count: Int) throws(PostgresValueFault) -> [UInt8] { Array(try part(count)) }

    /// The next `count` bytes as text, which must be UTF-8 without a zero byte.
    public mutating func text(_ count: Int) throws(PostgresValueFault) -> String {
        let part = try part(count)
        // Most texts are ASCII, and need no closer look.
        if part.isASCIIWithoutZero { return String(decoding: part, as: UTF8.self) }
        guard !part.contains(0) else { throw .zeroByte }
        guard let text = String(validating: part, as: UTF8.self) else {
            throw PostgresValueFault("it is not UTF-8 text")
        }
        return text
    }

    /// A value of a type of its own in the next `length` bytes; a negative length is NULL.
    public mutating func value<Value: PostgresDecodable>(
        _ wanted: Value.Type, type: PostgresType, length: Int
    ) throws(PostgresValueFault) -> Value {
        try Value.read(length < 0 ? nil : try part(length), type: type)
    }

    private mutating func part(_ count: Int) throws(PostgresValueFault) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw .truncated }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }
}

extension UnsafeRawBufferPointer {
    /// Whether every byte is one of ASCII's, and none is zero: looked at eight at a time.
    fileprivate var isASCIIWithoutZero: Bool {
        let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        var place = 0
        while count - place >= 8 {
            let word = loadUnaligned(fromByteOffset: place, as: UInt64.self)
            // A zero byte borrows from the bit above it, and nothing else below 0x80 does.
            guard (word | (word &- ones)) & highs == 0 else { return false }
            place += 8
        }
        return self[place...].allSatisfy { (1..<0x80).contains($0) }
    }
}
