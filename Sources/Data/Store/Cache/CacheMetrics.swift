import Telemetry

/// What the cache tells of itself.
final class CacheMetrics: Sendable {
    /// Where an answer came from.
    enum Answer: String { case hit, miss, joined, bypassed }

    /// What became of a load.
    enum Load: String { case stored, unstored, failed }

    let answers: MetricFamily<Counter>
    let loads: MetricFamily<Counter>
    private let failures: MetricFamily<Counter>
    private let changes: MetricFamily<Counter>
    /// Whether Redis is used, 1 or 0, and whether values are stored.
    let isUsed: Gauge
    let isWritten: Gauge

    init(_ registry: MetricsRegistry) {
        answers = registry.counter(
            "parlor_cache_answers_total", "Where the answers of the cache came from.", labels: ["kind", "source"])
        loads = registry.counter(
            "parlor_cache_loads_total", "What became of the values that were loaded.", labels: ["kind", "outcome"])
        failures = registry.counter(
            "parlor_cache_failures_total", "Commands of the cache that Redis did not carry out.", labels: ["reason"])
        changes = registry.counter(
            "parlor_cache_changes_total", "How often Redis was given up and used again.", labels: ["change"])
        isUsed = registry.gauge("parlor_cache_used", "1 while Redis is asked, 0 while it is left alone.")
        isWritten = registry.gauge("parlor_cache_written", "1 while values are stored in Redis, else 0.")
        isUsed.set(1)
        isWritten.set(1)
    }

    func count(_ answer: Answer, _ kind: String) { answers.with(kind, answer.rawValue).increment() }

    func count(_ load: Load, _ kind: String) { loads.with(kind, load.rawValue).increment() }

    func countFailure(_ reason: String) { failures.with(reason).increment() }

    func countChange(_ change: String) { changes.with(change).increment() }
}
