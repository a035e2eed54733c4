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

    /// Answers a request; runs on the loop, so it must not block.
    public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    let limits: HTTPServerLimits
    let handler: Handler
    private let dates = HTTPDateCache()
    private let loop: EventLoop
    private let listener: Listener
    private let drained = LoopWait<Void>()
    private var book: HTTPConnectionBook
    private var aborts: [Int: @Sendable (any Error) -> Void] = [:]
    private var deadlines: [LoopTimer] = []

    /// Binds `address`; must be called on the loop.
    public init(
        at address: SocketAddress, on loop: EventLoop, limits: HTTPServerLimits = HTTPServerLimits(),
        _ handler: @escaping Handler
    ) throws(ParlorError) {
        self.limits = limits
        self.handler = handler
        self.loop = loop
        listener = try Listener(at: address, on: loop)
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
        guard let id = admission.id else { return socket.close() }
        aborts[id] = socket.abort
        let connection = HTTPServerConnection(id, socket, of: self)
        group.addTask { [self] in
            if admission == .refuse(id) { await connection.refuse() } else { await connection.serve() }
            forget(id)
        }
    }

    // MARK: - What connections report

    var isDraining: Bool { book.isDraining }

    var date: String { dates.text(at: .now()) }

    func began(_ id: Int) { book.began(id) }

    func finished(_ id: Int) -> Bool { book.finished(id) }

    private func forget(_ id: Int) {
        aborts[id] = nil
        book.closed(id)
        if book.isDrained { drained.succeed() }
    }

    // MARK: - Ending

    /// Stops accepting, closes idle connections, gives running requests `limit` to finish, then cuts them. Returns at
    /// once; `run` returns when it is done. May be called from any thread, and again with a shorter limit.
    public func shutDown(within limit: Duration) {
        loop.execute { self.drain(within: limit) }
    }

    private func drain(within limit: Duration) {
        listener.close()
        cut(book.drain(), ParlorError(.connection, "the server is shutting down"))
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
