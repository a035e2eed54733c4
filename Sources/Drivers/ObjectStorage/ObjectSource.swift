/// The content of an object that is to be written, piece by piece.
public struct ObjectSource: Sendable {
    /// Gives the next piece; nil at the end.
    public typealias Pieces = @Sendable () async throws -> [UInt8]?

    /// How many bytes there will be, exactly; nil when that is not known.
    public let length: Int?
    let next: Pieces

    /// Content that `next` gives; it is asked by one task at a time, and only when there is room for the answer.
    public init(length: Int? = nil, _ next: @escaping Pieces) {
        self.length = length
        self.next = next
    }

    /// Bytes that are there already.
    public init(_ bytes: [UInt8]) {
        let cursor = Cursor(bytes)
        self.init(length: bytes.count) { cursor.next() }
    }

    private final class Cursor: @unchecked Sendable {
        // Guard of @unchecked Sendable: the one task that writes the object.
        private let bytes: [UInt8]
        private var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func next() -> [UInt8]? {
            guard position < bytes.count else { return nil }
            defer { position += 262_144 }
            return Array(bytes[position...].prefix(262_144))
        }
    }
}
