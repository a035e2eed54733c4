/// The body of a request that is made while it is sent, piece by piece, so that it never stands in memory as a whole.
public struct HTTPUpload: Sendable {
    /// Gives the next piece; nil at the end.
    public typealias Source = @Sendable () async throws -> [UInt8]?

    /// How many bytes there will be, exactly; nil when that is not known, and the body is sent in chunks.
    public let length: Int?
    /// Whether it can be made a second time, without which a request cannot be repeated.
    public let isRepeatable: Bool
    /// How long to wait for the server's word that it wants the body; nil sends the body at once.
    public var confirmationLimit: Duration?
    let open: @Sendable () async throws -> Source

    /// A body that `open` begins, once for each time it is sent.
    public init(
        length: Int?, isRepeatable: Bool = true, confirmationLimit: Duration? = nil,
        open: @escaping @Sendable () async throws -> Source
    ) {
        self.length = length
        self.isRepeatable = isRepeatable
        self.confirmationLimit = confirmationLimit
        self.open = open
    }

    /// Bytes that are there already.
    public init(_ bytes: [UInt8], confirmationLimit: Duration? = nil) {
        self.init(length: bytes.count, confirmationLimit: confirmationLimit) {
            let cursor = LoopCursor(bytes)
            return { cursor.next() }
        }
    }
}

/// Hands bytes out in pieces that a slow connection can take; one task at a time uses it.
private final class LoopCursor: @unchecked Sendable {
    // Guard of @unchecked Sendable: the one task that sends the body.
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func next() -> [UInt8]? {
        guard position < bytes.count else { return nil }
        defer { position += 65_536 }
        return Array(bytes[position...].prefix(65_536))
    }
}
