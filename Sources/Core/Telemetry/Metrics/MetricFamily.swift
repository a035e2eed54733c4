internal import Synchronization

/// All series of one metric: `requests.with("GET", "200").increment()`.
///
/// The number of series is bounded. Past the limit everything new is counted in one series whose label values are all
/// `other`, and `parlor_metrics_label_overflow_total` says so: what a client sends must not fill the memory.
public final class MetricFamily<Series: Sendable>: Sendable {
    /// The value of every label of the series that takes what is past the limit.
    public static var overflowValue: String { "other" }

    let shape: MetricShape
    private let make: @Sendable () -> Series
    private let read: @Sendable (Series) -> SeriesValue
    private let overflowed: @Sendable () -> Void
    private let series = Mutex<[[String]: Series]>([:])

    init(
        _ shape: MetricShape, make: @escaping @Sendable () -> Series,
        read: @escaping @Sendable (Series) -> SeriesValue, overflowed: @escaping @Sendable () -> Void
    ) {
        self.shape = shape
        self.make = make
        self.read = read
        self.overflowed = overflowed
    }

    /// The series with these label values, in the order in which the labels were declared. Keep it where it is used
    /// often.
    public func with(_ values: String...) -> Series { with(values) }

    /// The series with these label values, in the order in which the labels were declared.
    public func with(_ values: [String]) -> Series {
        guard values.count == shape.labels.count else {
            MetricFault.values(count: values.count, labels: shape.labels, of: shape.name).stop()
        }
        let other = shape.labels.map { _ in MetricFamily.overflowValue }
        let (found, fits) = series.withLock { series in
            if let known = series[values] { return (known, true) }
            let fits = series.count - (series[other] == nil ? 0 : 1) < shape.limit || values == other
            let key = fits ? values : other
            let found = series[key] ?? make()
            series[key] = found
            return (found, fits)
        }
        if !fits { overflowed() }
        return found
    }

    /// Forgets a series, for instance that of a part that is gone.
    public func remove(_ values: String...) {
        series.withLock { _ = $0.removeValue(forKey: values) }
    }
}

/// The numbers of one series.
enum SeriesValue: Hashable, Sendable {
    case number(Double)
    case histogram(Histogram.Snapshot)
}

/// A family whatever its series are.
protocol AnyMetricFamily: Sendable {
    var shape: MetricShape { get }

    /// Label values and numbers of every series, sorted by the label values.
    func snapshot() -> [(labelValues: [String], value: SeriesValue)]
}

extension MetricFamily: AnyMetricFamily {
    func snapshot() -> [(labelValues: [String], value: SeriesValue)] {
        series.withLock { $0 }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { (labelValues: $0.key, value: read($0.value)) }
    }
}
