import Basics

/// Threads for calls that block, so that no loop ever waits for one: files, compression, C libraries that wait.
///
/// Invariants: at most `threadMax` calls run and at most `waitingMax` wait; a call begins in the order of its arrival;
/// threads are made when they are needed first and stay until the pool ends.
///
/// A caller that is cancelled gets its `CancellationError` at once. A call that has not begun is then forgotten; one
/// that runs cannot be stopped, so it runs to its end on what it owns, and its result is dropped.
public final class BlockingPool: Sendable {
    /// The pool of those who need none of their own.
    public static let shared = BlockingPool(name: "shared")

    private let name: String
    private let queue: ThreadMonitor<BlockingQueue>

    /// A pool with a name for its errors, which makes no thread yet.
    public init(name: String, threadMax: Int = 4, waitingMax: Int = 1024) {
        self.name = name
        queue = ThreadMonitor(BlockingQueue(threadMax: threadMax, waitingMax: waitingMax))
    }

    deinit { end() }

    /// Performs `work` on a thread of the pool, and gives its result back on the loop.
    public func run<Value: Sendable>(
        on loop: EventLoop, _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try Task.checkCancellation()
        let wait = LoopWait<Value>()
        let number = try add(Self.call(work, for: wait, on: loop))
        do {
            return try await wait.value(on: loop)
        } catch {
            // Of no effect unless it still waits, which it does only when the caller was cancelled.
            queue.withLock { $0.forget(number) }
            throw error
        }
    }

    /// The same for a caller that does not wait here: what it gets is delivered on the loop, on which it must be.
    public func begin<Value: Sendable>(
        on loop: EventLoop, _ work: @escaping @Sendable () throws -> Value
    ) -> LoopWait<Value> {
        let wait = LoopWait<Value>()
        do { _ = try add(Self.call(work, for: wait, on: loop)) } catch { wait.fail(error) }
        return wait
    }

    private static func call<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value, for wait: LoopWait<Value>, on loop: EventLoop
    ) -> @Sendable () -> Void {
        {
            let result = Result { try work() }
            loop.execute { wait.deliver(result) }
        }
    }

    private func add(_ work: @escaping @Sendable () -> Void) throws(ParlorError) -> Int {
        switch queue.withLock({ $0.add(work) }) {
        case .queued(let number):
            queue.wakeOne()
            return number
        case .onNewThread(let number):
            LoopThread { [queue] in Self.serve(queue) }.start()
            return number
        case .full:
            throw ParlorError(
                .system, "too much work waits for the threads of the pool \(name)",
                hint: "Try again later; a disk or a server may be slow.")
        case .ended: throw ParlorError(.cancelled, "the pool of threads \(name) takes no more work")
        }
    }

    private static func serve(_ queue: ThreadMonitor<BlockingQueue>) {
        while case .perform(let work) = queue.wait(for: { $0.next() }) {
            work()
            queue.withLock { $0.finished() }
        }
    }

    /// Takes no more work. What waits is still performed, then the threads end.
    public func end() {
        queue.withLock { $0.end() }
        queue.wakeAll()
    }
}

extension EventLoop {
    /// Performs `work`, which may block, on a thread of the shared pool, and comes back with its result.
    public func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await BlockingPool.shared.run(on: self, work)
    }
}
