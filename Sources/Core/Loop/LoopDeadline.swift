import Basics
import CUV

/// A deadline that is moved often: a new one for each phase of a connection, say. Moving it costs a look at the clock.
///
/// States: lifted, set, closed. The timer underneath stays where it is when the deadline moves away from it, and is
/// started again when it fires too early; so it is touched once for many moves. Used on the loop only.
public final class LoopDeadline: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let loop: EventLoop
    private let handle = UnsafeMutablePointer<uv_timer_t>.allocated(holding: uv_timer_t())
    private var action: (@Sendable () -> Void)?
    /// When the action is due, in milliseconds of libuv's clock; nil while lifted.
    private var due: UInt64?
    /// When the timer fires; nil while it does not run.
    private var firing: UInt64?

    /// A deadline that is lifted; `action` is performed each time it passes, until `close`.
    public init(on loop: EventLoop, _ action: @escaping @Sendable () -> Void) {
        precondition(loop.isCurrent, "a deadline is made on its loop")
        self.loop = loop
        self.action = action
        uv_timer_init(loop.uv, handle)
        // The handle owns the deadline until its close callback.
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    deinit { handle.deallocate() }

    /// Sets the deadline anew, or for the first time; it may pass late, never early.
    public func move(to limit: Duration) {
        let due = Self.now + UInt64(max(0, (limit.microseconds + 999) / 1000)) + 1
        self.due = due
        guard action != nil, firing.map({ $0 > due }) ?? true else { return }
        start(for: due)
    }

    /// Takes the deadline away.
    public func lift() { due = nil }

    /// Ends it; the action is never performed again.
    public func close() {
        action = nil
        guard uv_is_closing(handle.asHandle) == 0 else { return }
        uv_close(handle.asHandle) { Owner<LoopDeadline>.release($0?.pointee.data) }
    }

    private static var now: UInt64 { uv_hrtime() / 1_000_000 }

    private func start(for moment: UInt64) {
        firing = moment
        uv_update_time(loop.uv)
        let now = Self.now
        uv_timer_start(
            handle, { Owner<LoopDeadline>.object($0?.pointee.data)?.fire() }, moment > now ? moment - now : 0, 0)
    }

    private func fire() {
        firing = nil
        guard let due else { return }
        guard due <= Self.now else { return start(for: due) }
        self.due = nil
        action?()
    }
}
