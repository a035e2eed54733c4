/// Lets so many tests have a database of the shared server at a time: all of them begin together, and more at once only
/// wait for each other's disk and connections.
actor DatabaseTurns {
    static let shared = DatabaseTurns(16)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    /// Waits for a turn, in the order in which they were asked for.
    func begin() async {
        guard free == 0 else { return free -= 1 }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Hands the turn on.
    func end() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
