import Jobs
import Telemetry
import WhatsApp

/// What is counted of the work behind the service.
struct WorkMetrics: Sendable {
    private let jobs: MetricFamily<Counter>
    private let waiting: MetricFamily<Gauge>
    private let oldest: MetricFamily<Gauge>
    private let messages: MetricFamily<Counter>

    init(_ registry: MetricsRegistry) {
        jobs = registry.counter("parlor_jobs_total", "Jobs by what became of them.", labels: ["queue", "outcome"])
        waiting = registry.gauge("parlor_jobs", "Jobs in a queue, by what they wait for.", labels: ["queue", "state"])
        oldest = registry.gauge(
            "parlor_jobs_oldest_seconds", "For how long the oldest job that is due has been waiting.",
            labels: ["queue"])
        messages = registry.counter(
            "parlor_messages_sent_total", "Messages to customers by what became of them.", labels: ["outcome"])
    }

    func count(_ event: JobEvent, in queue: String) {
        switch event {
        case .done: jobs.with(queue, "done").increment()
        case .postponed: jobs.with(queue, "postponed").increment()
        case .failed(_, _, .quarantined): jobs.with(queue, "quarantined").increment()
        case .failed: jobs.with(queue, "failed").increment()
        case .troubled: break
        }
    }

    func count(_ event: SendEvent) {
        switch event {
        case .sent: messages.with("sent").increment()
        case .failed: messages.with("failed").increment()
        case .waits: messages.with("waits").increment()
        case .ambiguous: messages.with("ambiguous").increment()
        case .tokenInvalid: messages.with("token_invalid").increment()
        }
    }

    func set(_ counts: JobCounts, of queue: String) {
        waiting.with(queue, "due").set(Double(counts.due))
        waiting.with(queue, "scheduled").set(Double(counts.scheduled))
        waiting.with(queue, "running").set(Double(counts.running))
        waiting.with(queue, "quarantined").set(Double(counts.quarantined))
        oldest.with(queue).set(counts.waitingSeconds)
    }
}
