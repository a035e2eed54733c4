import Basics
public import Loop

/// Notifications of some channels as they come, over a connection of its own that is made again when it breaks.
///
///     let bookings = try await PostgresNotifications.listen(options, to: ["booking"], on: loop)
///     for try await event in bookings { … }
///
/// States: listening; away, when connecting is tried again and again with growing pauses; over, after `close` or a
/// failure that will not pass by itself, which the reader gets. One task reads at a time.
///
/// On failure: what is said while it is away is not heard, which `NotificationEvent.gap` reports after the return.
public final class PostgresNotifications: AsyncSequence, @unchecked Sendable {
    // Guard of @unchecked Sendable: used on its loop only; `deinit` touches nothing but the session, which closes
    // itself.

    /// How long the connection may be silent before it is asked whether it lives, and how long that may take.
    private static let (checkAfter, checkTimeout) = (Duration.seconds(30), Duration.seconds(5))

    private let options: ConnectionOptions
    private let channels: [String]
    private let loop: EventLoop
    private var session: PostgresSession?
    private var buffer: NotificationBuffer
    private var reader: CheckedContinuation<NotificationEvent?, any Error>?
    private var failures = 0
    private var timer: LoopTimer?
    private var end: Result<NotificationEvent?, any Error>?

    /// Listens to the channels; what is said after it has come back is heard. At most `limit` notifications wait to be
    /// read.
    public static func listen(
        _ options: ConnectionOptions, to channels: [String], waitingMax limit: Int = 4096, on loop: EventLoop
    ) async throws -> PostgresNotifications {
        let notifications = PostgresNotifications(options, channels, limit, on: loop)
        try await notifications.connect()
        return notifications
    }

    private init(_ options: ConnectionOptions, _ channels: [String], _ limit: Int, on loop: EventLoop) {
        self.options = options
        self.channels = channels
        self.loop = loop
        buffer = NotificationBuffer(limit: limit)
    }

    deinit { timer?.cancel() }

    /// Listens no more; the reader gets what was heard before, and then the end.
    public func close() { finish(.success(nil)) }

    private func finish(_ result: Result<NotificationEvent?, any Error>) {
        guard end == nil else { return }
        end = result
        timer?.cancel()
        session?.onEnd = nil
        session?.close()
        reader.take()?.resume(with: result)
    }

    // MARK: - Connection

    private func connect() async throws {
        let session = try await PostgresSession.connect(
            options, SessionOptions(preparation: .unnamed), on: loop)
        session.onNotification = { [weak self] in self?.hear(.notification($0)) }
        do {
            let sql = channels.map { "LISTEN \(quoteIdentifier($0))" }
            for statement in sql { try await session.query(statement, within: options.connectTimeout) }
        } catch {
            session.close()
            throw error
        }
        guard end == nil else { return session.close() }
        session.onEnd = { [weak self] in self?.lost() }
        self.session = session
        failures = 0
        scheduleCheck()
    }

    private func lost() {
        session = nil
        timer?.cancel()
        failures += 1
        timer = loop.schedule(after: ReconnectPause.afterFailure(failures)) { [weak self] in self?.reconnect() }
    }

    private func reconnect() {
        // Unstructured because the reader may come and go meanwhile; it ends with the time to connect.
        Task(executorPreference: loop) { [weak self] in
            do {
                try await self?.connect()
                self?.hear(.gap)
            } catch let error as PostgresError where !error.isTransient {
                self?.finish(.failure(error))
            } catch {
                if self?.end == nil { self?.lost() }
            }
        }
    }

    /// A connection that vanished without a word would be silent for ever.
    private func scheduleCheck() {
        timer?.cancel()
        timer = loop.schedule(after: Self.checkAfter) { [weak self, loop] in
            // Unstructured because nobody waits for it; it ends with its limit.
            Task(executorPreference: loop) {
                guard let session = self?.session else { return }
                guard (try? await session.query("SELECT 1", within: Self.checkTimeout)) != nil else {
                    return session.close()
                }
                self?.scheduleCheck()
            }
        }
    }

    // MARK: - Reading

    private func hear(_ event: NotificationEvent) {
        buffer.append(event)
        guard let reader = reader.take() else { return }
        reader.resume(returning: buffer.next())
    }

    fileprivate func next() async throws -> NotificationEvent? {
        precondition(loop.isCurrent, "notifications are read on their loop")
        try Task.checkCancellation()
        if let event = buffer.next() { return event }
        if let end { return try end.get() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                precondition(reader == nil, "two tasks read the same notifications")
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                reader = continuation
            }
        } onCancel: {
            loop.execute { self.reader.take()?.resume(throwing: CancellationError()) }
        }
    }

    /// Reads the events.
    public func makeAsyncIterator() -> Iterator { Iterator(notifications: self) }

    /// What reads the events.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let notifications: PostgresNotifications

        /// The next event; nil when listening has ended.
        public mutating func next() async throws -> NotificationEvent? { try await notifications.next() }
    }
}
