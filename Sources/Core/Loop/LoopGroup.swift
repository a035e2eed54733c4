/// Several loops at once, each on a thread of its own, for as long as what they are for.
///
/// A connection lives on one of them from its first byte to its last. Each loop has a `Listener` of its own beside the
/// first one's, and the kernel distributes the visitors.
public struct LoopGroup: Sendable {
    /// The loops; there is one at least.
    public let loops: [EventLoop]

    /// The one for what happens only once.
    public var first: EventLoop { loops[0] }

    /// A group of one loop that runs already.
    public init(of loop: EventLoop) { loops = [loop] }

    private init(_ first: EventLoop, _ others: [EventLoop]) { loops = [first] + others }

    /// Runs `count` loops for as long as `body` takes, which runs on the first of them.
    public static func run<Result: Sendable>(
        count: Int, clock: LoopClock = .real, _ body: @escaping @Sendable (LoopGroup) async throws -> Result
    ) async throws -> Result {
        try await EventLoop.onThread(clock: clock) { try await run(count: count, from: $0, body) }
    }

    /// The same with a first loop that runs already.
    public static func run<Result: Sendable>(
        count: Int, from first: EventLoop, _ body: @escaping @Sendable (LoopGroup) async throws -> Result
    ) async throws -> Result {
        precondition(count > 0, "a group has at least one loop")
        let others = try (1..<count).map { _ in try EventLoop(clock: first.clock) }
        for loop in others { loop.startThread() }
        defer { for loop in others { loop.endThread() } }
        return try await first.perform { try await body(LoopGroup(first, others)) }
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
