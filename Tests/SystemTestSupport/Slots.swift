/// Lets a few tests at a time run a system of their own, so that none starves the others of the processor.
actor Slots {
    /// Those for systems.
    static let systems = Slots(3)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    /// Waits for a slot, and keeps it for as long as `body` takes.
    nonisolated func use<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        await take()
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        await give()
        return try outcome.get()
    }

    private func take() async {
        guard free == 0 else { return free -= 1 }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
