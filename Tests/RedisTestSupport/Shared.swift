import Synchronization

/// A value that several tasks and threads change.
public final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    /// Begins with a value.
    public init(_ value: Value) { self.value = Mutex(value) }

    /// Lets nobody else at the value meanwhile.
    public func withLock<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
        value.withLock { body(&$0) }
    }
}
