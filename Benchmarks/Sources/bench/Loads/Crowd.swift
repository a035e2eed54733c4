import Basics
import Glibc
import Loop
import Telemetry

/// Many tasks of one loop that do the same thing again and again, and how long each time took.
enum Crowd {
    /// `clients` tasks work for that long; each call of `body` is so many operations.
    static func work(
        _ clients: Int, for time: Duration, operationsEach: Int = 1, on loop: EventLoop,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> Sample {
        let clock = ContinuousClock()
        let processor = ProcessorTime(of: getpid())
        let start = clock.now
        let end = start + time
        let latencies = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for client in 0..<clients {
                group.addTask(executorPreference: loop) {
                    var latencies: [Int64] = []
                    var before = clock.now
                    while before < end {
                        try await body(client)
                        let after = clock.now
                        latencies.append((after - before).microseconds)
                        before = after
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: [Int64]()) { $0 += $1 }.sorted()
        }
        let elapsed = clock.now - start
        let operations = latencies.count * operationsEach
        return Sample(
            operations, in: elapsed, processorTime: processor.each(of: operations),
            median: percentile(50, of: latencies), tail: percentile(99, of: latencies), memory: processor.memory)
    }

    /// In milliseconds, of sorted microseconds.
    static func percentile(_ percent: Int, of sorted: [Int64]) -> Double? {
        guard !sorted.isEmpty else { return nil }
        return Double(sorted[min(sorted.count - 1, sorted.count * percent / 100)]) / 1000
    }
}
