public import Basics
import CUV
import Glibc
import Synchronization

/// One libuv loop on one thread, and the executor of every task that prefers it.
///
/// Invariants:
/// - `run` is called once, and from then on everything marked "loop only" is touched by that thread alone.
/// - A job that is enqueued on the loop's own thread costs no system call and runs before the loop waits again.
/// - A job from another thread goes through `remote` and wakes the loop at most once for each time it drains.
///
/// On failure: a libuv call that cannot fail after a successful `init` is a precondition; everything else throws.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
    // Guard of @unchecked Sendable: `remote` is a Mutex, `thread` is written before any other thread can see the
    // running loop, and the rest is loop only.

    /// What the loop runs between two waits.
    enum Job {
        case task(UnownedJob)
        case actor(UnownedJob)
        case call(@Sendable () -> Void)
    }

    struct Remote {
        var jobs: [Job] = []
        var isWoken = false
        var hops = 0
    }

    let uv: UnsafeMutablePointer<uv_loop_t>
    let wake = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    private let beforeWait = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
    private let afterWait = UnsafeMutablePointer<uv_check_t>.allocate(capacity: 1)
    let busy = UnsafeMutablePointer<uv_idle_t>.allocate(capacity: 1)
    let remote = Mutex(Remote())
    var jobs: [Job] = []
    var batch: [Job] = []
    /// Those who wait until nothing is left to run.
    var settling: [CheckedContinuation<Void, Never>] = []
    private var isStopped = false
    /// The number of the thread that runs the loop; 0 before.
    private let thread = Atomic<UInt>(0)
    /// Where a read lands before it is known how much it is.
    package let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    /// The executor for actors that live on this loop.
    public let serialExecutor: LoopSerialExecutor

    /// What its timers go by.
    public let clock: LoopClock

    /// A loop that does not run yet.
    public init(clock: LoopClock = .real) throws(ParlorError) {
        self.clock = clock
        uv = .allocate(capacity: 1)
        serialExecutor = LoopSerialExecutor()
        let status = uv_loop_init(uv)
        guard status == 0 else { throw .uv("uv_loop_init", status) }
        serialExecutor.loop = self
        let me = Unmanaged.passUnretained(self).toOpaque()
        uv_async_init(uv, wake) { EventLoop.from($0)?.takeRemoteJobs() }
        uv_prepare_init(uv, beforeWait)
        uv_check_init(uv, afterWait)
        uv_idle_init(uv, busy)
        wake.pointee.data = me
        beforeWait.pointee.data = me
        afterWait.pointee.data = me
        uv_prepare_start(beforeWait) { EventLoop.from($0)?.runJobs() }
        uv_check_start(afterWait) { EventLoop.from($0)?.runJobs() }
    }

    deinit {
        // Handles of streams and timers close themselves; these four and whatever a stopped program left end here.
        uv_walk(uv, { handle, _ in if uv_is_closing(handle) == 0 { uv_close(handle, nil) } }, nil)
        // A look-up of a name that is under way cannot be called off, so this may wait for it.
        while uv_run(uv, UV_RUN_DEFAULT) != 0 {}
        uv_loop_close(uv)
        uv.deallocate()
        scratch.deallocate()
        wake.deallocate()
        beforeWait.deallocate()
        afterWait.deallocate()
        busy.deallocate()
    }

    private static func from<Handle>(_ handle: UnsafeMutablePointer<Handle>?) -> EventLoop? {
        Owner<EventLoop>.object(handle?.asHandle.pointee.data)
    }

    // MARK: - Running

    /// Runs the loop on this thread until `body`, which runs on it as a task, has ended; gives back what it returned.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
        let outcome = Mutex<Swift.Result<Result, any Error>?>(nil)
        // Unstructured because there is no task yet on this thread; its end is what the loop below waits for.
        Task(executorPreference: self) {
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            outcome.withLock { $0 = result }
            self.stop()
        }
        if case .manual(let clock) = clock { clock.began(self) }
        runUntilStopped()
        guard let result = outcome.withLock({ $0 }) else {
            preconditionFailure("the loop was stopped by somebody else")
        }
        return try result.get()
    }

    /// Runs a loop on a thread of its own for as long as `body` takes, which runs on it as a part of this task.
    public static func onThread<Result: Sendable>(
        clock: LoopClock = .real,
        _ body: @escaping @Sendable (EventLoop) async throws -> Result
    ) async throws -> Result {
        let loop = try EventLoop(clock: clock)
        loop.startThread()
        defer { loop.endThread() }
        return try await loop.perform { try await body(loop) }
    }

    /// Runs `body` as a task of the loop, wherever the caller is; cancelling the caller cancels it.
    public func perform<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        // Unstructured because `withTaskExecutorPreference` may go on where it is until the first wait; it takes over
        // the task-local values by itself, and the cancellation here.
        let task = Task(executorPreference: self) { try await body() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Gives the loop a thread of its own.
    func startThread() {
        if case .manual(let clock) = clock { clock.began(self) }
        LoopThread { self.runUntilStopped() }.start()
    }

    /// Has that thread end when it has run what is queued.
    func endThread() { execute { self.stop() } }

    private func runUntilStopped() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        while !isStopped { uv_run(uv, UV_RUN_DEFAULT) }
        // The system may give the number to another thread.
        thread.store(0, ordering: .relaxed)
    }

    private func stop() {
        if case .manual(let clock) = clock { clock.ended(self) }
        isStopped = true
        uv_stop(uv)
    }

    /// Whether the caller runs on the loop's thread.
    public var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// How many jobs other threads have handed over so far.
    public var hops: Int { remote.withLock { $0.hops } }
}
