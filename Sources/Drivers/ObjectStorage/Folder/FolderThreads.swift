import Loop

/// Threads for calls of the file system that would block a loop.
final class FolderThreads: Sendable {
    private let pool: BlockingPool

    /// At most so many threads.
    init(_ countMax: Int) { pool = BlockingPool(name: "object storage", threadMax: countMax) }

    /// Performs `call` on one of the threads; the task waits on its loop.
    func perform<Value: Sendable>(
        on loop: EventLoop, _ call: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        // Unstructured because a call that has begun runs to its end even when the task is cancelled, and so must the
        // wait: what the call works on must not go away under it.
        try await Task(executorPreference: loop) { try await self.pool.run(on: loop, call) }.value
    }
}
