public import Basics
public import Loop

/// Listens to channels of a Redis server, over a connection of its own that is made anew whenever it breaks.
///
/// Invariants:
/// - A subscription that was returned has been confirmed by the server.
/// - Whenever messages may have been missed, because the connection broke or the reader was slow, a `gap` stands among
///   them at that place; after a reconnection it comes when the server has confirmed every topic again.
/// - A connection that gives no sign of life for two intervals is broken off, so that a dead one is noticed.
///
/// `SubscriptionBook` decides what the server is asked for and `ReconnectMachine` when to connect; here it is done.
/// On failure: streams go on through broken connections; one ends when the server forbids its topics, and when the
/// subscriber is closed or goes away.
public final class RedisSubscriber: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let options: RedisOptions
    private let loop: EventLoop
    private let hooks: RedisHooks
    private var book = SubscriptionBook()
    private var machine: ReconnectMachine
    private var link: RedisLink?
    private var upSince: ContinuousClock.Instant?
    private var lastFailure: RedisError?
    private var pause: LoopTimer?
    private var pulse: LoopTimer?
    private var bytesAtLastPulse = 0
    private var lastListener = 0
    private var buffers: [Int: NotificationBuffer] = [:]
    private var confirmations: [Int: LoopWait<Void>] = [:]
    private var isClosed = false

    /// Begins to connect.
    public init(_ options: RedisOptions, on loop: EventLoop, hooks: RedisHooks = RedisHooks()) throws(RedisError) {
        precondition(loop.isCurrent, "a subscriber is made on its loop")
        if let objection = options.objection() { throw objection }
        self.options = options
        self.loop = loop
        self.hooks = hooks
        machine = ReconnectMachine(options.backOff)
        act(.start)
    }

    deinit {
        // The last holder may be anywhere.
        let (link, timers, buffers) = (link, [pause, pulse], Array(buffers.values))
        loop.execute {
            link?.close()
            for timer in timers { timer?.cancel() }
            for buffer in buffers { buffer.finish() }
        }
    }

    /// Listens, from when the server has confirmed all topics until the stream is dropped or its reader cancelled.
    ///
    /// A reader who is slower than the messages come finds at most `bufferMax` of them, and a gap behind those. Throws
    /// when the server does not confirm within `limit`, or else within the options' command time.
    public func subscribe(
        to topics: Set<RedisTopic>, bufferMax: Int = 1024, bufferBytesMax: ByteCount = .megabytes(16),
        within limit: Duration? = nil
    ) async throws -> AsyncStream<RedisNotification> {
        precondition(loop.isCurrent, "a subscription is made on its subscriber's loop: the task must prefer it")
        guard !isClosed else { throw RedisError.closed("\(options.address)") }
        guard !topics.isEmpty else { throw RedisError.unusable("a subscription names no topic") }
        lastListener += 1
        let listener = lastListener
        let buffer = NotificationBuffer(countMax: bufferMax, bytesMax: bufferBytesMax.bytes, on: loop)
        buffers[listener] = buffer
        if !book.add(listener, topics) {
            link?.wake()
            try await confirmation(of: listener, within: limit ?? options.commandTimeout)
        }
        let lifetime = Lifetime(listener, self, loop)
        return AsyncStream {
            // The stream owns the subscription: it ends with this closure.
            _ = lifetime
            return await buffer.next()
        }
    }

    /// Listens to the channel of that name.
    public func subscribe(to channel: String) async throws -> AsyncStream<RedisNotification> {
        try await subscribe(to: [.channel(channel)])
    }

    private func confirmation(of listener: Int, within limit: Duration) async throws {
        let wait = LoopWait<Void>()
        confirmations[listener] = wait
        let timer = loop.schedule(after: limit) { [weak self] in
            wait.fail(RedisError.overdue("SUBSCRIBE", limit, wasSent: self?.isConnected == true, self?.lastFailure))
        }
        defer {
            timer.cancel()
            confirmations[listener] = nil
        }
        do { try await wait.value(on: loop) } catch {
            remove(listener)
            throw error
        }
    }

    /// Whether the server is there.
    public var isConnected: Bool { machine.state == .up }

    fileprivate func remove(_ listener: Int) {
        guard let buffer = buffers.removeValue(forKey: listener) else { return }
        buffer.finish()
        book.remove(listener)
        link?.wake()
    }

    /// Hangs up; every stream ends when what it has is read.
    public func close() {
        isClosed = true
        act(.close)
        book = SubscriptionBook()
        for buffer in buffers.values { buffer.finish() }
        buffers = [:]
        for wait in confirmations.values { wait.fail(RedisError.closed("\(options.address)")) }
    }

    // MARK: - Connecting

    private func act(_ event: ReconnectMachine.Event) {
        switch machine.handle(event, spread: .random(in: 0...1)) {
        case .nothing: break
        case .connect:
            let link = RedisLink(options, on: loop, owner: self)
            self.link = link
            link.open()
        case .pause(let length):
            pause = loop.schedule(after: length) { [weak self] in self?.act(.pauseOver) }
        case .hangUp:
            link?.close()
            link = nil
            pause?.cancel()
            pulse?.cancel()
        }
    }

    private func startPulse() {
        pulse = loop.schedule(after: options.pingInterval) { [weak self] in self?.beat() }
    }

    private func beat(isSecondLook: Bool = false) {
        guard let link, machine.state == .up else { return }
        if !book.ping() && link.bytesReceived == bytesAtLastPulse {
            if isSecondLook { return link.end(.lost("\(options.address)", why: "it gave no sign of life")) }
            // When the loop itself was held up, the sign has come and is read only after this timer.
            pulse = loop.schedule(after: .milliseconds(1)) { [weak self] in self?.beat(isSecondLook: true) }
            return
        }
        bytesAtLastPulse = link.bytesReceived
        link.wake()
        startPulse()
    }
}

// MARK: - The link's reports

extension RedisSubscriber: RedisLinkOwner {
    func linkOpened(_ link: RedisLink) {
        guard link === self.link else { return }
        lastFailure = nil
        upSince = .now
        act(.opened)
        book.opened()
        bytesAtLastPulse = link.bytesReceived
        startPulse()
        hooks.connected?()
    }

    func outgoing(for link: RedisLink) -> [UInt8] {
        guard link === self.link else { return [] }
        return book.takeRequests().flatMap(\.command.encoded)
    }

    func link(_ link: RedisLink, received reply: RedisValue) {
        guard link === self.link else { return }
        switch book.received(reply) {
        case .nothing: break
        case .message(let message, let listeners):
            for listener in listeners { buffers[listener]?.push(.message(message)) }
        case .ready(let first, let again):
            for listener in first { confirmations[listener]?.succeed() }
            for listener in again { buffers[listener]?.push(.gap(.reconnected)) }
        case .refused(let listeners, let error):
            for listener in listeners {
                confirmations[listener]?.fail(RedisError.answered(error, to: "SUBSCRIBE"))
                buffers.removeValue(forKey: listener)?.finish()
            }
        case .unexpected: link.end(link.unasked)
        }
    }

    func linkCaughtUp(_ link: RedisLink) {}

    func linkEnded(_ link: RedisLink, _ error: RedisError) {
        guard link === self.link else { return }
        self.link = nil
        lastFailure = error
        pulse?.cancel()
        book.lost()
        act(upSince.take().map { .lost(after: ContinuousClock.now - $0) } ?? .failed)
        if !error.isTransient { for wait in confirmations.values { wait.fail(error) } }
        hooks.disconnected?(error)
    }
}

extension SubscriptionBook.Request {
    fileprivate var command: RedisCommand {
        switch self {
        case .subscribe(.channel(let name)): RedisCommand("SUBSCRIBE", name)
        case .subscribe(.pattern(let name)): RedisCommand("PSUBSCRIBE", name)
        case .unsubscribe(.channel(let name)): RedisCommand("UNSUBSCRIBE", name)
        case .unsubscribe(.pattern(let name)): RedisCommand("PUNSUBSCRIBE", name)
        case .ping: .ping
        }
    }
}

/// Ends a subscription when its stream goes away, wherever that happens.
private final class Lifetime: Sendable {
    private let end: @Sendable () -> Void

    init(_ listener: Int, _ subscriber: RedisSubscriber, _ loop: EventLoop) {
        end = { [weak subscriber] in
            loop.execute { [weak subscriber] in subscriber?.remove(listener) }
        }
    }

    deinit { end() }
}
