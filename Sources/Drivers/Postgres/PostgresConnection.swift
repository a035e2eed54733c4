import Basics
import CPostgres
public import Loop

/// One session with a PostgreSQL server, used by one task at a time on its loop.
///
/// Invariants:
/// - The loop never waits for libpq: whatever libpq would block in happens elsewhere (names, cancel requests).
/// - Between two calls the session is either open and at rest, with every answer read, or closed. A statement that
///   was called off, by its deadline or by the cancelling of its task, is ended by the server; when that takes longer
///   than the options' settling time, the connection is closed.
/// - The watch over the socket is closed before libpq closes the socket.
///
/// On failure: an error of the server leaves the connection usable, a broken connection is closed at once.
public final class PostgresConnection {
    let loop: EventLoop
    /// What it was made with.
    public let options: ConnectionOptions
    private let notices: NoticeReceiver
    private var session: Session?

    struct Session {
        let handle: OpaquePointer
        let watch: DescriptorWatch
    }

    /// Connects within the options' time. `notices` gets what the server says beside its answers; nobody does by
    /// default.
    public static func connect(
        _ options: ConnectionOptions, on loop: EventLoop, notices: ((ServerReport) -> Void)? = nil
    ) async throws -> PostgresConnection {
        precondition(loop.isCurrent, "a connection is made on its loop")
        let receiver = NoticeReceiver(notices)
        let deadline = ContinuousClock.now + options.connectTimeout
        let handle = try await ConnectionAttempt(options: options, loop: loop, notices: receiver, deadline: deadline)
            .establish()
        do {
            let session = Session(handle: handle, watch: try DescriptorWatch(PQsocket(handle), on: loop))
            return PostgresConnection(options, loop, receiver, session)
        } catch {
            PQfinish(handle)
            throw error
        }
    }

    private init(_ options: ConnectionOptions, _ loop: EventLoop, _ notices: NoticeReceiver, _ session: Session) {
        self.options = options
        self.loop = loop
        self.notices = notices
        self.session = session
    }

    deinit { close() }

    /// Ends the session; fine to call twice.
    public func close() {
        guard let session = session.take() else { return }
        session.watch.close()
        PQfinish(session.handle)
    }

    /// Whether statements can be sent.
    public var isOpen: Bool { session != nil }

    /// The server's version as one number, like 150014; 0 when the connection is closed.
    public var serverVersion: Int { session.map { Int(PQserverVersion($0.handle)) } ?? 0 }

    /// The server's process for this session; 0 when the connection is closed.
    public var backendProcess: Int32 { session.map { PQbackendPID($0.handle) } ?? 0 }

    /// Whether a transaction block is open, failed or not.
    public var isInTransaction: Bool {
        guard let session else { return false }
        let status = PQtransactionStatus(session.handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// The open session, for what talks to libpq.
    func openSession() throws(PostgresError) -> Session {
        precondition(loop.isCurrent, "a connection is used on its loop")
        guard let session else { throw .closed(options.address) }
        return session
    }
}
