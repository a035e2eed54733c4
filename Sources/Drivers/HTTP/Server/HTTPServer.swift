public import Basics
public import Loop

/// An HTTP/1.1 server on one loop.
///
/// States: bound (from `init` on, clients queue in the kernel), serving (`run`), draining (`shutDown`, or the task of
/// `run` is cancelled), ended (`run` has returned). Each connection is a child task of `run`, so nothing outlives it: a
/// handler that ignores its cancellation keeps `run` waiting, though its client was cut at the deadline.
///
/// On failure: a connection that breaks ends alone; a response that cannot be sent becomes a 500; only a listener that
/// cannot accept any more makes `run` throw.
public final class HTTPServer: @unchecked Sendable {
    // Guard of @unchecked Sendable: everything mutable is touched on the loop only; `shutDown` goes through `execute`.

    /// Answers a request; runs on the loop, so it must not block. It is cancelled when the client finishes writing or is
    /// gone; what it still returns then is sent as far as somebody takes it.
    public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    /// Makes a stream that encrypts over a socket that was just accepted. It runs as a part of the connection, within
    /// the limit for a head, and closes the socket with the stream.
    public typealias Securing = @Sendable (Socket) async throws -> any ByteStream

    /// Whether a request is answered even when all places are taken. It is asked of one without a body, on the loop.
    public typealias Urgency = @Sendable (HTTPRequest) -> Bool

    let limits: HTTPServerLimits
    let handler: Handler
    let isUrgent: Urgency?
    let secure: Securing?
    let loop: EventLoop
    private var dates = HTTPDateLine()
    private let listener: Listener
    private let drained = LoopWait<Void>()
    private var book: HTTPConnectionBook
    private var aborts: [Int: @Sendable (any Error) -> Void] = [:]
    private var endings: [Int: () -> Void] = [:]
    private var deadlines: [LoopTimer] = []

    /// Binds `address`; must be called on the loop. The body of a request is on its way when the handler gets it; a
    /// router collects it. Whoever comes when all places are taken is refused, unless what he asks for `isUrgent`.
    public convenience init(
        at address: SocketAddress, on loop: EventLoop, limits: HTTPServerLimits = HTTPServerLimits(),
        secure: Securing? = nil, isUrgent: Urgency? = nil, _ handler: @escaping Handler
    ) throws(ParlorError) {
        let listener = try Listener(at: address, on: loop)
        self.init(listener, on: loop, limits: limits, secure: secure, isUrgent: isUrgent, handler)
    }

    /// Serves on `loop`, on which it must be called, where `first` listens, with the same limits for itself.
    public convenience init(
        beside first: HTTPServer, on loop: EventLoop, _ handler: @escaping Handler
    ) throws(ParlorError) {
        let listener = try Listener(joining: first.address, on: loop)
        self.init(
            listener, on: loop, limits: first.limits, secure: first.secure, isUrgent: first.isUrgent, handler)
    }

    private init(
        _ listener: Listener, on loop: EventLoop, limits: HTTPServerLimits, secure: Securing?, isUrgent: Urgency?,
        _ handler: @escaping Handler
    ) {
        self.limits = limits
        self.isUrgent = isUrgent
        self.secure = secure
        self.handler = handler
        self.loop = loop
        self.listener = listener
        book = HTTPConnectionBook(limits)
    }

    /// Where it listens; the port that the system chose stands in it when 0 was asked for.
    public var address: SocketAddress { listener.address }

    // MARK: - Running

    /// Serves until `shutDown` has been called and all connections have ended, or until the task is cancelled.
    public func run() async throws {
        try await loop.perform { try await self.serve() }
    }

    private func serve() async throws {
        defer {
            listener.close()
            for deadline in deadlines { deadline.cancel() }
        }
        try await withTaskCancellationHandler {
            try await withThrowingDiscardingTaskGroup { group in
                do {
                    while !book.isDraining {
                        take(try await listener.accept(), &group)
                        // Many visitors at once must not keep the first of them waiting.
                        await Task.yield()
                    }
                } catch  where book.isDraining || Task.isCancelled {
                    // Closing the listener is how the wait for the next connection ends.
                }
                try? await drained.value(on: loop)
                group.cancelAll()
            }
        } onCancel: {
            shutDown(within: .zero)
        }
    }

    private func take(_ socket: Socket, _ group: inout ThrowingDiscardingTaskGroup<any Error>) {
        let admission = book.admit()
        // To refuse in words would first take the work of a handshake.
        let isMute = secure != nil && admission.id.map { admission == .refuse($0) } ?? false
        guard let id = admission.id, !isMute else {
            if let id = admission.id { book.closed(id) }
            return socket.close()
        }
        aborts[id] = socket.abort
        let connection = HTTPServerConnection(id, socket, of: self)
        group.addTask { [self] in
            if admission == .refuse(id) { await connection.refuse() } else { await connection.serve() }
            forget(id)
        }
    }

    // MARK: - What connections report

    var isDraining: Bool { book.isDraining }

    var dateLine: [UInt8] { dates.bytes(at: .now()) }

    /// From now on the connection is cut this way.
    func secured(_ id: Int, abort: @escaping @Sendable (any Error) -> Void) { aborts[id] = abort }

    /// What the connection does now has no end of its own; `end` is called when the server wants one.
    func isOpenEnded(_ id: Int, end: @escaping () -> Void) {
        endings[id] = end
        if book.isDraining { end() }
    }

    /// That is over.
    func endsByItself(_ id: Int) { endings[id] = nil }

    func began(_ id: Int) { book.began(id) }

    func finished(_ id: Int) -> Bool { book.finished(id) }

    private func forget(_ id: Int) {
        (aborts[id], endings[id]) = (nil, nil)
        book.closed(id)
        if book.isDrained { drained.succeed() }
    }

    // MARK: - Ending

    /// Stops accepting, closes idle connections, ends streams of events and WebSockets, gives running requests `limit`
    /// to finish, then cuts them. Returns at once; `run` returns when it is done. May be called from any thread, and again with a shorter limit.
    public func shutDown(within limit: Duration) {
        loop.execute { self.drain(within: limit) }
    }

    private func drain(within limit: Duration) {
        listener.close()
        cut(book.drain(), ParlorError(.connection, "the server is shutting down"))
        for end in endings.values { end() }
        guard !book.isDrained else { return drained.succeed() }
        let deadline = loop.schedule(after: limit) { [self] in
            cut(Array(aborts.keys), ParlorError(.cancelled, "the request was still running when the server had to end"))
            drained.succeed()
        }
        deadlines.append(deadline)
    }

    private func cut(_ ids: [Int], _ error: ParlorError) {
        for id in ids { aborts[id]?(error) }
    }
}
