/// Several loops at once, each on a thread of its own, for as long as what they are for.
///
/// A connection lives on one of them from its first byte to its last. Each loop has a `Listener` of its own with
/// `sharesPort`, and the kernel distributes the visitors.
public struct LoopGroup: Sendable {
    /// The loops.
    public let loops: [EventLoop]

    /// Runs `count` loops for as long as `body` takes, which runs on the first of them.
    public static func run<Result: Sendable>(
        count: Int, clock: LoopClock = .real, _ body: @escaping @Sendable (LoopGroup) async throws -> Result
    ) async throws -> Result {
        precondition(count > 0, "a group has at least one loop")
        let group = LoopGroup(loops: try (0..<count).map { _ in try EventLoop(clock: clock) })
        for loop in group.loops { loop.startThread() }
        defer { for loop in group.loops { loop.endThread() } }
        return try await group.loops[0].perform { try await body(group) }
    }

    /// Performs `body` on every loop at the same time, and comes back when it has ended on all of them. When it throws
    /// on one, it is cancelled on the others.
    public func onEach(_ body: @escaping @Sendable (EventLoop) async throws -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for loop in loops {
                group.addTask(executorPreference: loop) { try await body(loop) }
            }
        }
    }
}
