import Basics
import Glibc
import Loop

/// A call of the C library that may block, on a thread of its own that ends with it, so that the loop never waits for
/// it.
///
/// When nobody waits for the result any more, the thread still runs to the end of the call; it owns all that it
/// touches.
final class BlockingCall: Sendable {
    private let body: @Sendable () -> Void

    private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    /// Starts `call`; its result is delivered on the loop.
    static func start<Value: Sendable>(on loop: EventLoop, _ call: @escaping @Sendable () -> Value) -> LoopWait<Value> {
        let wait = LoopWait<Value>()
        let main = BlockingCall {
            let value = call()
            loop.execute { wait.succeed(value) }
        }
        let status = main.startThread()
        if status != 0 { wait.fail(ParlorError.systemCall("pthread_create", errno: status)) }
        return wait
    }

    private func startThread() -> Int32 {
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<BlockingCall>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, me.toOpaque())
        if status == 0 { pthread_detach(thread) } else { me.release() }
        return status
    }
}
