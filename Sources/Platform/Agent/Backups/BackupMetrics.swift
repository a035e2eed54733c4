import Backups
import Basics
import Telemetry

/// The backups as Prometheus reads them.
struct BackupMetrics: Sendable {
    private let registry = MetricsRegistry()
    private let from: MetricFamily<Gauge>
    private let until: MetricFamily<Gauge>
    private let exposure: MetricFamily<Gauge>
    private let readable: MetricFamily<Gauge>
    private let age: MetricFamily<Gauge>
    private let size: MetricFamily<Gauge>
    private let stored: MetricFamily<Gauge>
    private let success: MetricFamily<Gauge>
    private let duration: MetricFamily<Gauge>
    private let failures: MetricFamily<Gauge>

    init() {
        let of = { [registry] (name: String, help: String, labels: [String]) in
            registry.gauge("parlor_backup_\(name)", help, labels: labels)
        }
        from = of("restorable_from_timestamp_seconds", "The earliest moment that can be restored.", ["repository"])
        until = of("restorable_until_timestamp_seconds", "The newest heartbeat in the repository.", ["repository"])
        exposure = of("exposure_seconds", "How old the newest work in the repository is: the RPO, now.", ["repository"])
        readable = of("repository_readable", "Whether the repository could be read the last time.", ["repository"])
        age = of("age_seconds", "The time since the newest backup.", ["repository"])
        size = of("size_bytes", "The data that the newest backup restores.", ["repository"])
        stored = of("stored_bytes", "What all backups take in the repository.", ["repository"])
        success = of("last_success_timestamp_seconds", "When the last run that succeeded was begun.", ["job"])
        duration = of("last_duration_seconds", "How long the last run that succeeded took.", ["job"])
        failures = of("consecutive_failures", "How many runs have failed since the last one that succeeded.", ["job"])
    }

    /// The text, of what is known.
    func exposition(of status: BackupStatus) -> String {
        for repository in status.repositories {
            let name = [repository.name]
            readable.with(name).set(repository.trouble == nil ? 1 : 0)
            if let moment = repository.from { from.with(name).set(moment.seconds) }
            if let moment = repository.until {
                until.with(name).set(moment.seconds)
                exposure.with(name).set(max(0, (status.at - moment).seconds))
            }
            guard let newest = repository.backups.last else { continue }
            age.with(name).set(max(0, (status.at - newest.stop).seconds))
            size.with(name).set(newest.size)
            stored.with(name).set(repository.backups.reduce(0) { $0 + $1.stored })
        }
        for (job, results) in Dictionary(grouping: status.results, by: \.job) {
            let lastGood = results.lastIndex { $0.isGood }
            failures.with(job).set(results.count - 1 - (lastGood ?? -1))
            guard let lastGood else { continue }
            success.with(job).set(results[lastGood].begun.seconds)
            duration.with(job).set((results[lastGood].ended - results[lastGood].begun).seconds)
        }
        return registry.exposition()
    }
}

extension Timestamp {
    fileprivate var seconds: Double { Double(microseconds) / 1_000_000 }
}
