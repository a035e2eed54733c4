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
    // running
    // loop, and the rest is loop only.

    /// What the loop runs between two waits.
    enum Job {
        case task(UnownedJob)
        case actor(UnownedJob)
        case call(@Sendable () -> Void)
    }

    private struct Remote {
        var jobs: [Job] = []
        var isWoken = false
        var hops = 0
    }

    let uv: UnsafeMutablePointer<uv_loop_t>
    private let wake = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    private let beforeWait = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
    private let afterWait = UnsafeMutablePointer<uv_check_t>.allocate(capacity: 1)
    private let busy = UnsafeMutablePointer<uv_idle_t>.allocate(capacity: 1)
    private let remote = Mutex(Remote())
    private var jobs: [Job] = []
    private var batch: [Job] = []
    private var isStopped = false
    /// The number of the thread that runs the loop; 0 before.
    private let thread = Atomic<UInt>(0)
    /// Where a read lands before it is known how much it is.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    /// The executor for actors that live on this loop.
    public let serialExecutor: LoopSerialExecutor

    /// A loop that does not run yet.
    public init() throws(ParlorError) {
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
        while uv_run(uv, UV_RUN_NOWAIT) != 0 {}
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
        runUntilStopped()
        guard let result = outcome.withLock({ $0 }) else {
            preconditionFailure("the loop was stopped by somebody else")
        }
        return try result.get()
    }

    /// Runs a loop on a thread of its own for as long as `body` takes, which runs on it as a part of this task.
    public static func onThread<Result: Sendable>(
        _ body: @escaping @Sendable (EventLoop) async throws -> Result
    ) async throws -> Result {
        let loop = try EventLoop()
        ThreadMain { loop.runUntilStopped() }.start()
        defer { loop.execute { loop.stop() } }
        return try await loop.perform { try await body(loop) }
    }

    /// Runs `body` as a task of the loop, wherever the caller is; cancelling the caller cancels it.
    public func perform<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        // Unstructured because `withTaskExecutorPreference` may go on where it is until the first wait; it takes over
        // the
        // task-local values by itself, and the cancellation here.
        let task = Task(executorPreference: self) { try await body() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func runUntilStopped() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        while !isStopped { uv_run(uv, UV_RUN_DEFAULT) }
    }

    private func stop() {
        isStopped = true
        uv_stop(uv)
    }

    /// Whether the caller runs on the loop's thread.
    public var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// How many jobs other threads have handed over so far.
    public var hops: Int { remote.withLock { $0.hops } }

    // MARK: - Jobs

    /// Takes a task's job.
    public func enqueue(_ job: consuming ExecutorJob) { add(.task(UnownedJob(job))) }

    /// Runs `call` on the loop, after what is queued already.
    public func execute(_ call: @escaping @Sendable () -> Void) { add(.call(call)) }

    func add(_ job: Job) {
        if isCurrent { return jobs.append(job) }
        let mustWake = remote.withLock { remote in
            remote.jobs.append(job)
            remote.hops += 1
            defer { remote.isWoken = true }
            return !remote.isWoken
        }
        if mustWake { uv_async_send(wake) }
    }

    private func takeRemoteJobs() {
        remote.withLock { remote in
            jobs += remote.jobs
            remote.jobs.removeAll(keepingCapacity: true)
            remote.isWoken = false
        }
    }

    /// Runs jobs until none is left, or until input and output deserve a turn again.
    private func runJobs() {
        let task = asUnownedTaskExecutor()
        let serial = serialExecutor.asUnownedSerialExecutor()
        for _ in 0..<64 where !jobs.isEmpty {
            swap(&jobs, &batch)
            for job in batch {
                switch job {
                case .task(let job): job.runSynchronously(on: task)
                case .actor(let job): job.runSynchronously(isolatedTo: serial, taskExecutor: task)
                case .call(let call): call()
                }
            }
            batch.removeAll(keepingCapacity: true)
        }
        // A running idle handle keeps the next wait from blocking.
        if jobs.isEmpty { uv_idle_stop(busy) } else { uv_idle_start(busy) { _ in } }
    }
}

/// The serial executor of actors that are pinned to a loop.
///
/// It is an object of its own because one object that is both kinds of executor makes the runtime hop between them.
public final class LoopSerialExecutor: SerialExecutor, @unchecked Sendable {
    // Guard of @unchecked Sendable: written once, in the loop's initializer.
    fileprivate(set) unowned(unsafe) var loop: EventLoop!

    /// Takes an actor's job.
    public func enqueue(_ job: consuming ExecutorJob) { loop.add(.actor(UnownedJob(job))) }

    /// Stops the program when the caller is not on the loop.
    public func checkIsolated() { precondition(loop.isCurrent, "this must run on the event loop") }

    /// Whether the caller is on the loop.
    public func isIsolatingCurrentContext() -> Bool? { loop.isCurrent }
}

/// A thread that runs one closure.
private final class ThreadMain: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() {
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(&thread, nil, { Owner<ThreadMain>.object($0)?.main() }, me)
        precondition(status == 0, "the system refuses another thread: \(errnoMeaning(status))")
        pthread_detach(thread)
    }

    private func main() -> UnsafeMutableRawPointer? {
        body()
        Unmanaged.passUnretained(self).release()
        return nil
    }
}

extension ParlorError {
    /// A libuv call that failed.
    static func uv(
        _ call: StaticString, _ status: Int32, file: StaticString = #fileID, line: UInt = #line
    ) -> ParlorError {
        .systemCall(call, errno: -status, file: file, line: line)
    }
}
