import Loop

/// Lets bytes through in small pieces.
final class Throttle: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let bytesPerTick: Int
    private let ticksByItself: Bool
    private var ticks = 0
    private var isOpen = false
    private var arrival = LoopWait<Void>()

    init(bytesPerTick: Int, ticksByItself: Bool) {
        self.bytesPerTick = bytesPerTick
        self.ticksByItself = ticksByItself
    }

    /// How many of `count` bytes may pass, as soon as any may.
    func admit(_ count: Int, on loop: EventLoop) async throws -> Int {
        if ticksByItself {
            await Task.yield()
            return min(count, bytesPerTick)
        }
        while ticks == 0, !isOpen { try await arrival.value(on: loop) }
        guard !isOpen else { return count }
        ticks -= 1
        return min(count, bytesPerTick)
    }

    /// Admits one more piece.
    func tick() {
        ticks += 1
        wake()
    }

    /// Admits everything.
    func open() {
        isOpen = true
        wake()
    }

    private func wake() {
        arrival.succeed()
        arrival = LoopWait()
    }
}
