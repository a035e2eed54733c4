import CPostgres
import Loop

/// libpq's copy of what asking a server to end a running statement takes.
///
/// `PQcancel` connects, sends and waits until the server hangs up, all of it blocking, hence a thread of its own. It
/// connects to the server's address without TLS even where the session has it, as PostgreSQL's protocol foresees; the
/// request holds a secret of this one session and nothing else.
final class CancelRequest: @unchecked Sendable {
    // Guard of @unchecked Sendable: made on the loop, then used by one thread only; libpq shares nothing with the
    // connection.
    private let handle: OpaquePointer?

    init(_ connection: OpaquePointer) { handle = PQgetCancel(connection) }

    deinit { PQfreeCancel(handle) }

    /// Comes back when no request is on its way any more. A failure needs no report: the statement goes on until
    /// patience with it ends.
    func send(on loop: EventLoop) -> LoopWait<Void> {
        BlockingCall.start(on: loop) {
            var message = [CChar](repeating: 0, count: 256)
            PQcancel(self.handle, &message, Int32(message.count))
        }
    }
}
