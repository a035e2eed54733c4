/// A result that one task waits for and that the loop delivers once; later deliveries are ignored.
public final class LoopWait<Value: Sendable>: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only, but for `value`, which may be awaited by a task anywhere and hops to the
    // loop.
    private var result: Result<Value, any Error>?
    private var continuation: CheckedContinuation<Value, any Error>?

    /// Nothing delivered yet.
    public init() {}

    /// Delivers a value.
    public func succeed(_ value: Value) { deliver(.success(value)) }

    /// Delivers a failure.
    public func fail(_ error: any Error) { deliver(.failure(error)) }

    private func deliver(_ result: Result<Value, any Error>) {
        guard self.result == nil else { return }
        self.result = result
        continuation?.resume(with: result)
        continuation = nil
    }

    /// Waits for the delivery; a cancelled task gets a `CancellationError` at once.
    public func value(on loop: EventLoop) async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.onLoop {
                    if let result = self.result { return continuation.resume(with: result) }
                    self.continuation = continuation
                }
            }
        } onCancel: {
            loop.execute { self.fail(CancellationError()) }
        }
    }
}

extension LoopWait where Value == Void {
    /// Delivers.
    public func succeed() { succeed(()) }
}
