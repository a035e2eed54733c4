import Basics
import CPostgres
import Loop

/// Calls a running statement off and bounds how long its end may take.
///
/// States: idle; begun (the server was asked, or nothing but patience is left); ended. Used on the loop only.
final class Interruption: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.

    /// Why a statement was called off.
    enum Cause: Equatable, Sendable {
        case deadline(Duration)
        case cancelledTask
    }

    private let session: PostgresConnection.Session
    private let loop: EventLoop
    private let address: String
    private let settlingTime: Duration
    private(set) var cause: Cause?
    private var request: LoopWait<Void>?
    private var patience: LoopTimer?

    init(_ session: PostgresConnection.Session, _ options: ConnectionOptions, on loop: EventLoop) {
        self.session = session
        self.loop = loop
        address = options.address
        settlingTime = options.settlingTime
    }

    /// Asks the server to cancel the statement; its answer then comes the usual way.
    ///
    /// `PQcancel` connects, sends and waits until the server hangs up, all of it blocking, hence a thread of its own.
    /// Its end is waited for: a request still on its way would hit the connection's next statement.
    func begin(_ cause: Cause) {
        guard self.cause == nil else { return }
        self.cause = cause
        let cancel = CancelRequest(session.handle)
        let request = BlockingCall.start(on: loop) { cancel.send() }
        self.request = request
        let watch = session.watch
        let error = PostgresError.closed(address)
        patience = loop.schedule(after: settlingTime) {
            watch.fail(error)
            request.fail(error)
        }
    }

    /// For what must not be cancelled: breaks the connection off without asking the server.
    func abandon(_ cause: Cause) {
        guard self.cause == nil else { return }
        self.cause = cause
        session.watch.fail(PostgresError.closed(address))
    }

    /// Comes back when no request is on its way any more.
    func settle() async throws {
        try await request?.value(on: loop)
    }

    /// Ends it whatever happened.
    func end() { patience?.cancel() }

    /// What the caller gets instead of the statement's result; nil when nothing was called off.
    func error(sql: String, isClosed: Bool) -> (any Error)? {
        switch cause {
        case nil: nil
        case .cancelledTask: CancellationError()
        case .deadline(let limit): PostgresError.overdue(limit, isClosed: isClosed, sql: sql)
        }
    }
}

/// libpq's copy of what a cancel request needs.
final class CancelRequest: @unchecked Sendable {
    // Guard of @unchecked Sendable: made on the loop, then used by one thread only; libpq shares nothing with the
    // connection.
    private let handle: OpaquePointer?

    init(_ connection: OpaquePointer) { handle = PQgetCancel(connection) }

    deinit { PQfreeCancel(handle) }

    /// A failure needs no report: the statement goes on until patience with it ends.
    func send() {
        var message = [CChar](repeating: 0, count: 256)
        PQcancel(handle, &message, Int32(message.count))
    }
}
