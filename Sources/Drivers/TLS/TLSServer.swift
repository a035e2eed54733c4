public import Basics
public import Loop
import Synchronization

/// Encrypts the connections of clients. Can be used on several loops at once.
///
/// `reload` reads the files anew. It changes everything or nothing: connections that were accepted before keep what
/// they began with, and when the files cannot be used, the old certificate goes on being shown.
public final class TLSServer: Sendable {
    private let options: TLSServerOptions
    private let context: Mutex<TLSContext>

    /// Reads the files of the options.
    public init(_ options: TLSServerOptions) throws(ParlorError) {
        self.options = options
        context = Mutex(try .server(options))
    }

    /// Reads the files again, for the connections to come; on an error everything stays as it was.
    ///
    /// May be called from any thread, and blocks it for as long as the disk needs for a few kilobytes.
    public func reload() throws(ParlorError) {
        let fresh = try TLSContext.server(options)
        context.withLock { $0 = fresh }
    }

    /// When the certificate that is shown stops being valid.
    public var certificateExpires: Timestamp? { context.withLock { $0 }.expires }

    /// Makes the connection of a client secure.
    ///
    /// The stream owns the socket from here on; when the handshake fails or takes longer than `limit`, it is closed.
    public func accept(over socket: Socket, within limit: Duration) async throws -> TLSStream {
        let stream = try TLSStream(over: socket, context.withLock { $0 })
        do {
            stream.awaitClient()
            try await socket.within(limit, "the handshake of TLS with \(socket.peer)") {
                try await stream.shakeHands(with: nil)
            }
            return stream
        } catch {
            let wasRefused = (error as? ParlorError)?.tlsFault != nil
            if wasRefused { await stream.takeLeave(within: min(limit, .seconds(1))) }
            stream.close()
            throw error
        }
    }
}
