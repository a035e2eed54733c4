import Basics
import Loop

/// Ends a connection on which nothing has moved for too long while somebody waited for it.
///
/// A task that waits for something else, for example a reader of a response that is slow itself, is no stall.
final class HTTPStallWatch: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let limit: Duration
    private let loop: EventLoop
    private let abort: @Sendable (any Error) -> Void
    private var waits = 0
    private var lastMove = ContinuousClock.now
    private var timer: LoopTimer?
    /// What the connection is used for, for the message.
    var purpose = ""

    init(_ limit: Duration, on loop: EventLoop, abort: @escaping @Sendable (any Error) -> Void) {
        self.limit = limit
        self.loop = loop
        self.abort = abort
    }

    deinit { timer?.cancel() }

    /// Performs `body`, which waits for the other end.
    func during<Result>(_ body: () async throws -> Result) async throws -> Result {
        lastMove = .now
        waits += 1
        if timer == nil { arm(after: limit) }
        defer {
            waits -= 1
            lastMove = .now
        }
        return try await body()
    }

    private func arm(after delay: Duration) {
        timer = loop.schedule(after: delay) { [weak self] in self?.look() }
    }

    private func look() {
        timer = nil
        guard waits > 0 else { return }
        let rest = limit - (ContinuousClock.now - lastMove)
        guard rest <= .zero else { return arm(after: rest) }
        abort(ParlorError(.timeout, "\(purpose) has stalled", why: "nothing moved for \(limit.brief)"))
    }
}
