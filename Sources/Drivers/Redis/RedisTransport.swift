public import Loop

/// How bytes reach the server: as they are, or through something that encrypts them.
public struct RedisTransport: Sendable {
    /// Whether nobody on the way can read or change what passes.
    public let isEncrypted: Bool
    private let open: @Sendable (SocketAddress, Duration, EventLoop) async throws -> any ByteStream

    /// A socket, without encryption.
    public static let plaintext = RedisTransport(isEncrypted: false) { address, limit, loop in
        try await Socket.connect(to: address, within: limit, on: loop)
    }

    /// What `open` makes: it connects to the address, agrees on the encryption, and is sure of who is at the other end,
    /// all within the time it is given.
    public static func encrypted(
        _ open: @escaping @Sendable (SocketAddress, _ limit: Duration, EventLoop) async throws -> any ByteStream
    ) -> RedisTransport { RedisTransport(isEncrypted: true, open) }

    private init(
        isEncrypted: Bool,
        _ open: @escaping @Sendable (SocketAddress, Duration, EventLoop) async throws -> any ByteStream
    ) {
        self.isEncrypted = isEncrypted
        self.open = open
    }

    func connect(to address: SocketAddress, within limit: Duration, on loop: EventLoop) async throws -> any ByteStream {
        try await open(address, limit, loop)
    }
}
