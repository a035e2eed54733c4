import Loop

/// libpq's calls that block: each waits for a server that may be slow, hence threads that nothing else waits for.
///
/// When nobody waits for the result any more, the thread still runs to the end of the call; it owns all that it
/// touches.
enum BlockingCall {
    private static let pool = BlockingPool(name: "postgres", threadMax: 16)

    /// Starts `call`; its result is delivered on the loop.
    static func start<Value: Sendable>(on loop: EventLoop, _ call: @escaping @Sendable () -> Value) -> LoopWait<Value> {
        pool.begin(on: loop) { call() }
    }
}
