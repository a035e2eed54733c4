package import Loop

/// What a connection becomes when a response changes its protocol.
package final class HTTPUpgrade: Sendable {
    /// Speaks the new protocol until it ends; the bytes that came behind the request stand at the front. The server
    /// closes the stream afterwards.
    package typealias Speaker =
        @Sendable (
            _ stream: any ByteStream, _ early: [UInt8], _ loop: EventLoop
        ) async throws -> Void

    /// Speaks it.
    package let speak: Speaker

    /// A protocol.
    package init(_ speak: @escaping Speaker) { self.speak = speak }
}

extension HTTPUpgrade: Hashable {
    /// Whether both are the same.
    package static func == (left: HTTPUpgrade, right: HTTPUpgrade) -> Bool { left === right }

    /// Hashes which one it is.
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
