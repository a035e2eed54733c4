/// Lets several tasks of one loop use a value that must not leave it, a socket for example.
public struct OnLoop<Value>: @unchecked Sendable {
    // Guard of @unchecked Sendable: all tasks that use the value run on its loop.

    /// What they share.
    public let value: Value

    /// Shares `value`.
    public init(_ value: Value) { self.value = value }
}
