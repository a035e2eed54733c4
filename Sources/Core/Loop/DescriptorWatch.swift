public import Basics
import CUV

/// Waits until a descriptor can be read or written; the descriptor itself stays the caller's.
///
/// States: open, failed (every wait throws the failure), closed (every wait throws `connection`). One task may wait for
/// reading and one for writing at the same time; cancelling one of them leaves the other alone. Used on the loop only.
public final class DescriptorWatch: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only; cancellation comes through `EventLoop.execute`.

    /// A task that waits. The number tells its wait from a later one of the same side.
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private let loop: EventLoop
    private let handle = UnsafeMutablePointer<uv_poll_t>.allocated(holding: uv_poll_t())
    private var reader: Waiter?
    private var writer: Waiter?
    private var armed: UInt32 = 0
    private var waits = 0
    private var failure: (any Error)?
    private var hangUp: (@Sendable () -> Void)?

    /// Watches `descriptor`, which must support polling.
    public init(_ descriptor: Int32, on loop: EventLoop) throws(ParlorError) {
        precondition(loop.isCurrent, "a descriptor is watched on its loop")
        self.loop = loop
        let status = uv_poll_init(loop.uv, handle, descriptor)
        guard status == 0 else {
            throw .uv("uv_poll_init", status)
        }
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    deinit { handle.deallocate() }

    /// Comes back when reading will not block.
    public func readable() async throws { try await wait(\.reader) }

    /// Comes back when writing will not block.
    public func writable() async throws { try await wait(\.writer) }

    /// Whether every wait fails from now on.
    package var hasFailed: Bool { failure != nil }

    /// Performs `action` once when the other end has finished writing or is gone, whether or not anybody reads.
    public func onHangUp(_ action: @escaping @Sendable () -> Void) {
        guard failure == nil else { return }
        hangUp = action
        arm()
    }

    private typealias Side = ReferenceWritableKeyPath<DescriptorWatch, Waiter?>

    private func wait(_ side: Side) async throws {
        if let failure { throw failure }
        waits += 1
        let number = waits
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            try await withCheckedThrowingContinuation { continuation in
                precondition(self[keyPath: side] == nil, "two tasks wait for the same descriptor")
                self[keyPath: side] = Waiter(number: number, continuation: continuation)
                arm()
            }
        } onCancel: {
            loop.execute { self.cancel(number) }
        }
    }

    private func cancel(_ number: Int) {
        let cancelled = reader?.number == number ? reader.take() : writer?.number == number ? writer.take() : nil
        cancelled?.continuation.resume(throwing: CancellationError())
    }

    /// Asks libuv for what somebody waits for. Interest is given up only when an event finds nobody waiting, so a
    /// connection that reads again and again costs no system call for it.
    private func arm() {
        var wanted = armed
        if reader != nil { wanted |= UV_READABLE.rawValue }
        if writer != nil { wanted |= UV_WRITABLE.rawValue }
        if hangUp != nil { wanted |= UV_DISCONNECT.rawValue }
        if wanted != armed { poll(for: wanted) }
    }

    private func poll(for events: UInt32) {
        precondition(loop.isCurrent, "a descriptor is waited for on its loop: the task must prefer it")
        guard failure == nil else { return }
        armed = events
        guard events != 0 else {
            uv_poll_stop(handle)
            return
        }
        uv_poll_start(handle, Int32(events)) { handle, status, events in
            Owner<DescriptorWatch>.object(handle?.pointee.data)?.ready(status, UInt32(events))
        }
    }

    private func ready(_ status: Int32, _ events: UInt32) {
        // An error on the descriptor wakes both sides: their next read or write tells what it is.
        let events = status < 0 ? armed : events
        // libuv stops polling on an error, so that the next wait has to ask anew.
        if status < 0 { armed = 0 }
        var unwanted: UInt32 = 0
        if events & UV_READABLE.rawValue != 0 {
            if let reader = reader.take() { reader.continuation.resume() } else { unwanted |= UV_READABLE.rawValue }
        }
        if events & UV_WRITABLE.rawValue != 0 {
            // A writable descriptor stays so, hence its interest always ends with the wait.
            writer.take()?.continuation.resume()
            unwanted |= UV_WRITABLE.rawValue
        }
        // It stays so, and nobody needs to be told twice.
        if events & UV_DISCONNECT.rawValue != 0 { unwanted |= UV_DISCONNECT.rawValue }
        if unwanted != 0 { poll(for: armed & ~unwanted) }
        if events & UV_DISCONNECT.rawValue != 0 { hangUp.take()?() }
    }

    /// Makes every wait, the present ones and those to come, throw `error`.
    public func fail(_ error: any Error) {
        guard failure == nil else { return }
        poll(for: 0)
        failure = error
        hangUp = nil
        reader.take()?.continuation.resume(throwing: error)
        writer.take()?.continuation.resume(throwing: error)
    }

    /// Ends the watch; must come before the descriptor is closed.
    public func close() {
        fail(ParlorError(.connection, "the connection is closed"))
        guard uv_is_closing(handle.asHandle) == 0 else { return }
        uv_close(handle.asHandle) { Owner<DescriptorWatch>.release($0?.pointee.data) }
    }
}
