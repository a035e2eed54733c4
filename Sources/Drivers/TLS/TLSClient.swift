public import Basics
public import Loop

/// Encrypts connections to servers, and makes sure that they are who they should be.
///
/// A server must show a certificate that an authority of the options has issued, that is valid now, and that names the
/// host among its alternative names. There is no way to switch that off. Lists of revoked certificates are not asked
/// for.
public struct TLSClient: Sendable {
    private let context: TLSContext

    /// Reads the files of the options once; they may change or disappear afterwards.
    public init(_ options: TLSClientOptions = TLSClientOptions()) throws(ParlorError) {
        context = try .client(options)
    }

    /// Makes a connection secure, as a client of `host`: a name or a numeric address.
    ///
    /// The stream owns the socket from here on; when the handshake fails or takes longer than `limit`, it is closed.
    public func connect(over socket: Socket, host: String, within limit: Duration) async throws -> TLSStream {
        // The dot that may end a full name stands in no certificate.
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        let stream = try TLSStream(over: socket, context)
        do {
            try stream.expect(name)
            try await socket.within(limit, "the handshake of TLS with \(name) (\(socket.peer))") {
                try await stream.shakeHands(with: name)
            }
            return stream
        } catch {
            stream.close()
            throw error
        }
    }
}
