import Synchronization

/// A result that tasks wait for and that the loop delivers once; later deliveries are ignored.
public final class LoopWait<Value: Sendable>: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only, but for `value`, which may be awaited by a task anywhere and hops to the
    // loop, and `nextWaiter`, which is atomic.
    private var result: Result<Value, any Error>?
    private var waiters: [Int: CheckedContinuation<Value, any Error>] = [:]
    private var cancelled: Set<Int> = []
    private let nextWaiter = Atomic(0)

    /// Nothing delivered yet.
    public init() {}

    /// Whether something was delivered; asked on the loop.
    public var isDelivered: Bool { result != nil }

    /// Delivers a value.
    public func succeed(_ value: Value) { deliver(.success(value)) }

    /// Delivers a failure.
    public func fail(_ error: any Error) { deliver(.failure(error)) }

    /// Delivers either.
    public func deliver(_ result: Result<Value, any Error>) {
        guard self.result == nil else { return }
        self.result = result
        for waiter in waiters.values { waiter.resume(with: result) }
        waiters = [:]
    }

    /// Waits for the delivery; a cancelled task gets a `CancellationError` at once, and the others go on waiting.
    public func value(on loop: EventLoop) async throws -> Value {
        let number = nextWaiter.wrappingAdd(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.onLoop { self.add(continuation, number) }
            }
        } onCancel: {
            loop.execute { self.cancel(number) }
        }
    }

    private func add(_ continuation: CheckedContinuation<Value, any Error>, _ number: Int) {
        if cancelled.remove(number) != nil { return continuation.resume(throwing: CancellationError()) }
        if let result { return continuation.resume(with: result) }
        waiters[number] = continuation
    }

    private func cancel(_ number: Int) {
        guard result == nil else { return }
        guard let waiter = waiters.removeValue(forKey: number) else { return _ = cancelled.insert(number) }
        waiter.resume(throwing: CancellationError())
    }
}

extension LoopWait where Value == Void {
    /// Delivers.
    public func succeed() { succeed(()) }
}
