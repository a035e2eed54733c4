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
    private let known = Mutex(Known())

    /// All series, and where each stands: a dictionary of a type that does not depend on the series is much faster.
    private struct Known {
        var places: [[String]: Int] = [:]
        var series: [Series] = []
    }

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
        return known.withLock { known in known.places[values].map { known.series[$0] } } ?? add(values)
    }

    /// A new series for these values, unless somebody was faster, or the one for all that is past the limit.
    private func add(_ values: [String]) -> Series {
        let other = shape.labels.map { _ in MetricFamily.overflowValue }
        let (found, fits) = known.withLock { known in
            let count = known.places.count - (known.places[other] == nil ? 0 : 1)
            let fits = known.places[values] != nil || count < shape.limit || values == other
            let key = fits ? values : other
            if let place = known.places[key] { return (known.series[place], fits) }
            let made = make()
            known.places[key] = known.series.count
            known.series.append(made)
            return (made, fits)
        }
        if !fits { overflowed() }
        return found
    }

    /// Forgets a series, for instance that of a part that is gone.
    public func remove(_ values: String...) {
        known.withLock { known in
            guard let place = known.places.removeValue(forKey: values) else { return }
            let last = known.series.removeLast()
            guard place < known.series.count, let moved = known.places.first(where: { $0.value == known.series.count })
            else { return }
            known.series[place] = last
            known.places[moved.key] = place
        }
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
        let known = known.withLock { $0 }
        return known.places
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { (labelValues: $0.key, value: read(known.series[$0.value])) }
    }
}
