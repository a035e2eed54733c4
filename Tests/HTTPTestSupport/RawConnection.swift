public import Loop

/// A connection that sends exactly the bytes it is told to, for tests of what no client would send.
public struct RawConnection: @unchecked Sendable {
    // Guard of @unchecked Sendable: used by one task at a time, on the loop it was made on.
    private let socket: Socket

    /// Uses a connected socket.
    public init(_ socket: Socket) { self.socket = socket }

    /// Connects.
    public static func to(_ address: SocketAddress, on loop: EventLoop) async throws -> RawConnection {
        RawConnection(try await Socket.connect(to: address, within: .seconds(10), on: loop))
    }

    /// Sends bytes of text.
    public func send(_ text: String) async throws { try await socket.write(Array(text.utf8)) }

    /// Sends bytes.
    public func send(_ bytes: [UInt8]) async throws { try await socket.write(bytes) }

    /// Says that nothing more will come.
    public func finish() { socket.finishWriting() }

    /// Ends the connection.
    public func close() { socket.close() }

    /// Everything that comes until the other side ends the connection, which it must do within half a minute.
    public func rest() async throws -> String {
        var bytes: [UInt8] = []
        try await socket.within(.seconds(30), "the end of the connection") {
            while try await socket.read(appendingTo: &bytes) > 0 {}
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The next bytes, which must come within half a minute; fewer when the other side ends before.
    public func bytes(_ count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await socket.within(.seconds(30), "\(count) bytes") {
            while bytes.count < count,
                try await socket.read(appendingTo: &bytes, atMost: count - bytes.count) > 0
            {}
        }
        return bytes
    }

    /// What comes until it ends with `ending`, which it must do within half a minute.
    public func text(until ending: String) async throws -> String {
        var bytes: [UInt8] = []
        try await socket.within(.seconds(30), "\"\(ending)\"") {
            while !bytes.reversed().starts(with: ending.utf8.reversed()) {
                guard try await socket.read(appendingTo: &bytes, atMost: 1) > 0 else { break }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
