/// The serial executor of actors that are pinned to a loop.
///
/// It is an object of its own because one object that is both kinds of executor makes the runtime hop between them.
public final class LoopSerialExecutor: SerialExecutor, @unchecked Sendable {
    // Guard of @unchecked Sendable: written once, in the loop's initializer.
    unowned(unsafe) var loop: EventLoop!

    /// Takes an actor's job.
    public func enqueue(_ job: consuming ExecutorJob) { loop.add(.actor(UnownedJob(job))) }

    /// Stops the program when the caller is not on the loop.
    public func checkIsolated() { precondition(loop.isCurrent, "this must run on the event loop") }

    /// Whether the caller is on the loop.
    public func isIsolatingCurrentContext() -> Bool? { loop.isCurrent }
}
