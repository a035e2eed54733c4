import Loop

/// What a listener has not read yet, bounded; what does not fit is counted, and the gap stands at its place.
final class NotificationBuffer: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only, but for `next`, which goes to the loop.
    private let loop: EventLoop
    private let countMax: Int
    private let bytesMax: Int
    private var notifications = Queue<RedisNotification>()
    private var bytes = 0
    /// What comes behind the last notification that fitted: everything merges into these until the reader is there.
    private var dropped = 0
    private var hasReconnected = false
    private var isFinished = false
    private var reader: CheckedContinuation<RedisNotification?, Never>?

    init(countMax: Int, bytesMax: Int, on loop: EventLoop) {
        self.loop = loop
        self.countMax = countMax
        self.bytesMax = bytesMax
    }

    /// Adds a notification, or counts it as dropped.
    func push(_ notification: RedisNotification) {
        guard !isFinished else { return }
        if let reader = reader.take() { return reader.resume(returning: notification) }
        let size = Self.size(notification)
        let isFull = notifications.count >= countMax || bytes + size > bytesMax
        guard isFull || dropped > 0 || hasReconnected else {
            bytes += size
            return notifications.append(notification)
        }
        if case .message = notification { dropped += 1 } else { hasReconnected = true }
    }

    private static func size(_ notification: RedisNotification) -> Int {
        if case .message(let message) = notification { message.payload.count + message.channel.utf8.count } else { 0 }
    }

    /// The next notification; nil at the end, or when the task is cancelled.
    func next() async -> RedisNotification? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if loop.isCurrent { read(continuation) } else { loop.execute { self.read(continuation) } }
            }
        } onCancel: {
            loop.execute { self.finish() }
        }
    }

    private func read(_ continuation: CheckedContinuation<RedisNotification?, Never>) {
        if let next = notifications.popFirst() {
            bytes -= Self.size(next)
            return continuation.resume(returning: next)
        }
        if dropped > 0 {
            defer { dropped = 0 }
            return continuation.resume(returning: .gap(.overflow(dropped: dropped)))
        }
        if hasReconnected {
            hasReconnected = false
            return continuation.resume(returning: .gap(.reconnected))
        }
        guard !isFinished, reader == nil else { return continuation.resume(returning: nil) }
        reader = continuation
    }

    /// Nothing comes any more; what is there can still be read.
    func finish() {
        isFinished = true
        reader.take()?.resume(returning: nil)
    }
}
