import Basics
import CPostgres
public import Loop

/// A connection in pipeline mode that many tasks of its loop use at the same time.
///
/// Invariants:
/// - Statements are sent in the order in which they were asked for, those of one tick of the loop together. An outcome
///   is delivered when the Sync behind the statement answers: then what it did is committed.
/// - An error fails the statement it belongs to and no other; see `StatementFate` for how.
/// - While a cancel request is on its way, nothing is sent that it could hit. What it hits by mistake among the
///   statements sent before goes again.
/// - Scripts, COPY and streams have it for themselves, outside of pipeline mode; see `SoleUse`.
/// - A transaction belongs to whoever has the session for himself: a pool lends it.
///
/// On failure: a connection that breaks fails every statement without an outcome with `lost`, and none is repeated; the
/// session is closed then.
public final class PostgresSession: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on its loop only; `deinit` hands what it frees to the loop.

    typealias Ledger = PipelineLedger<StatementCall, ServerResult, ServerReport>

    /// The loop it lives on.
    public let loop: EventLoop
    /// What it was made with, with the one place that it leads to.
    public let options: ConnectionOptions
    /// How it treats its statements.
    public let sessionOptions: SessionOptions
    var link: SessionLink?
    var ledger = Ledger()
    var cache: StatementCache?
    /// Names that could not be dropped yet.
    var staleNames: [String] = []
    var outbox: [StatementCall] = []
    var isTickScheduled = false
    /// What the contexts of the statements behind the last Sync stand on.
    var groupBase: String?
    var isFlushing = false
    var calledOff: CallingOff?
    var cancels = 0
    var guardedInFlight = 0
    /// Statements that were sent, that nobody waits for, and that have no answer yet.
    var abandonedInFlight = 0
    /// How deep in transaction and savepoints its user is.
    var transactionDepth = 0
    /// Whether somebody has it for himself, and those who want it next.
    var isTaken = false
    var turns: [LoopWait<Void>] = []
    var soleUse: SoleUse?
    var parkedReader: CheckedContinuation<Void, Never>?
    /// Why it ended, for what is asked of it afterwards.
    var end: PostgresError?
    /// Gets what is said on the channels that the session listens to.
    var onNotification: ((PostgresNotification) -> Void)?
    /// Called once when the session ends, by itself or by `close`.
    var onEnd: (() -> Void)?
    /// Statements and Syncs sent so far.
    public internal(set) var counts = Counts()

    /// What a session has sent.
    public struct Counts: Hashable, Sendable {
        /// Statements, repeated ones included.
        public var statements = 0
        /// Statements that were prepared.
        public var preparations = 0
        /// What contexts stand on.
        public var bases = 0
        /// Syncs.
        public var syncs = 0
    }

    /// Connects within the options' time, to the first place of theirs that will do. `notices` gets what the server
    /// says beside its answers.
    public static func connect(
        _ options: ConnectionOptions, _ sessionOptions: SessionOptions = SessionOptions(), on loop: EventLoop,
        notices: ((ServerReport) -> Void)? = nil
    ) async throws -> PostgresSession {
        precondition(loop.isCurrent, "a session is made on its loop")
        let receiver = NoticeReceiver(notices)
        let (handle, options) = try await ConnectionSearch(options: options, loop: loop, notices: receiver)
            .establish()
        guard PQenterPipelineMode(handle) == 1, let watch = try? DescriptorWatch(PQsocket(handle), on: loop) else {
            PQfinish(handle)
            throw PostgresError.notConnected(options, "the pipeline mode cannot be entered")
        }
        let session = PostgresSession(options, sessionOptions, SessionLink(handle, watch, receiver), on: loop)
        session.startReading()
        return session
    }

    private init(
        _ options: ConnectionOptions, _ sessionOptions: SessionOptions, _ link: SessionLink, on loop: EventLoop
    ) {
        self.options = options
        self.sessionOptions = sessionOptions
        self.loop = loop
        self.link = link
        if case .named(let limit) = sessionOptions.preparation { cache = StatementCache(limit: limit) }
    }

    deinit {
        guard let link else { return }
        loop.execute { link.close() }
    }

    /// Ends the session; what waits fails. Fine to call twice.
    public func close() { end(with: .closed(options.address)) }

    /// Whether statements can be sent.
    public var isOpen: Bool { link != nil }

    /// Whether nothing waits for an answer.
    public var isIdle: Bool { ledger.isEmpty && outbox.isEmpty && calledOff == nil && !isTaken }

    /// Whether a transaction block is open, failed or not.
    public var isInTransaction: Bool {
        guard let link else { return false }
        let status = PQtransactionStatus(link.handle)
        return transactionDepth > 0 || status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// The server's process for this session; 0 when it is closed.
    public var backendProcess: Int32 { link.map { PQbackendPID($0.handle) } ?? 0 }

    /// The server's version as one number, like 150014; 0 when it is closed.
    public var serverVersion: Int { link.map { Int(PQserverVersion($0.handle)) } ?? 0 }

    /// Whether the server still is what the options want it to be, as far as it has told. Servers before PostgreSQL 14
    /// do not tell.
    public var fitsTarget: Bool {
        guard let link else { return false }
        func says(_ name: String) -> Bool? { PQparameterStatus(link.handle, name).map { String(cString: $0) == "on" } }
        let isStandby = says("in_hot_standby")
        let isReadOnly = isStandby == true ? true : says("default_transaction_read_only")
        return switch options.target {
        case .any, .preferStandby: true
        case .primary: isStandby != true
        case .standby: isStandby != false
        case .readWrite: isReadOnly != true
        case .readOnly: isReadOnly != false
        }
    }

    /// Closes the connection and fails every statement without an outcome.
    func end(with error: PostgresError) {
        guard let link = link.take() else { return }
        end = error
        link.close()
        calledOff.take()?.patience.cancel()
        let waiting = ledger.abandonAll() + outbox
        outbox = []
        for call in waiting { call.fail(error) }
        for turn in turns { turn.fail(error) }
        turns = []
        soleUse?.sessionEnded(error)
        wantInput()
        onEnd.take()?()
    }
}

/// libpq's connection and the watch over its socket.
final class SessionLink: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the loop only.
    let handle: OpaquePointer
    let watch: DescriptorWatch
    /// Must outlive the connection.
    private let notices: NoticeReceiver

    init(_ handle: OpaquePointer, _ watch: DescriptorWatch, _ notices: NoticeReceiver) {
        self.handle = handle
        self.watch = watch
        self.notices = notices
    }

    /// The watch ends before libpq closes the socket.
    func close() {
        watch.close()
        PQfinish(handle)
    }

    /// What libpq has to say.
    var message: String { PQerrorMessage(handle).map { String(cString: $0) } ?? "" }
}
