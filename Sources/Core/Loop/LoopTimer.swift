import Basics
import CUV

/// An action that the loop performs once after some time, unless it is cancelled before.
public final class LoopTimer: @unchecked Sendable {
    // Guard of @unchecked Sendable: everything but `init` and `cancel`, which go through the loop, is loop only.
    let loop: EventLoop
    private var action: (@Sendable () -> Void)?
    /// libuv's timer while the time is the real one.
    private var handle: UnsafeMutablePointer<uv_timer_t>?

    init(_ loop: EventLoop, after delay: Duration, _ action: @escaping @Sendable () -> Void) {
        self.loop = loop
        self.action = action
        switch loop.clock {
        case .real: loop.onLoop { self.start(after: delay) }
        case .manual(let clock): clock.add(self, after: delay)
        }
    }

    private func start(after delay: Duration) {
        guard action != nil else { return }
        let handle = UnsafeMutablePointer<uv_timer_t>.allocated(holding: uv_timer_t())
        self.handle = handle
        uv_timer_init(loop.uv, handle)
        // The handle owns the timer until its close callback.
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        uv_update_time(loop.uv)
        // Rounded up: a timer may be late, never early.
        let milliseconds = UInt64(max(0, (delay.microseconds + 999) / 1000))
        uv_timer_start(handle, { Owner<LoopTimer>.object($0?.pointee.data)?.fire() }, milliseconds, 0)
    }

    func fire() {
        let action = self.action
        close()
        action?()
    }

    /// Makes sure that the action does not run any more; fine to call at any time, from any thread.
    public func cancel() {
        if case .manual(let clock) = loop.clock { clock.remove(self) }
        loop.onLoop { self.close() }
    }

    private func close() {
        action = nil
        guard let handle, uv_is_closing(handle.asHandle) == 0 else { return }
        uv_close(handle.asHandle) { Owner<LoopTimer>.release($0?.pointee.data) }
    }

    deinit { handle?.deallocate() }
}

extension EventLoop {
    /// The time that its timers go by.
    public var now: ContinuousClock.Instant {
        switch clock {
        case .real: .now
        case .manual(let clock): clock.now
        }
    }

    /// Performs `action` on the loop after `delay`; late when the loop is busy, never early.
    @discardableResult
    public func schedule(after delay: Duration, _ action: @escaping @Sendable () -> Void) -> LoopTimer {
        LoopTimer(self, after: delay, action)
    }

    /// Comes back after `delay`, or at once with a `CancellationError` when the task is cancelled.
    public func sleep(for delay: Duration) async throws {
        let pause = LoopWait<Void>()
        let timer = schedule(after: delay) { pause.succeed() }
        defer { timer.cancel() }
        try await pause.value(on: self)
    }

    /// Comes back at `moment`, or at once when that has passed or the task is cancelled.
    public func sleep(until moment: ContinuousClock.Instant) async throws {
        try await sleep(for: now.duration(to: moment))
    }
}
