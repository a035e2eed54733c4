internal import Synchronization

/// All metrics of a process.
///
/// A metric is declared with its name, a sentence and its labels; declaring it again in the same way gives the same
/// one. A mistake in a declaration stops the program.
public final class MetricsRegistry: Sendable {
    fileprivate struct State {
        var families: [String: any AnyMetricFamily] = [:]
        /// Which family has the lines of a name.
        var owners: [String: String] = [:]
        var beforeScrape: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let overflow: MetricFamily<Counter>

    /// A registry without metrics.
    public init() {
        let shape = MetricShape(
            kind: .counter, name: "parlor_metrics_label_overflow_total",
            help: "Lookups that were counted under other because a metric has too many label values.",
            labels: ["metric"], limit: .max)
        overflow = MetricFamily(shape, make: Counter.init, read: { .number($0.value) }, overflowed: {})
        state.withLock {
            $0.families[shape.name] = overflow
            $0.owners[shape.name] = shape.name
        }
    }

    /// A counter without labels. Its name ends in `_total`.
    public func counter(_ name: String, _ help: String) -> Counter { counter(name, help, labels: []).with([]) }

    /// A counter for each combination of label values. Its name ends in `_total`.
    public func counter(
        _ name: String, _ help: String, labels: [String], limit: Int = 200
    ) -> MetricFamily<Counter> {
        family(
            MetricShape(kind: .counter, name: name, help: help, labels: labels, limit: limit),
            make: Counter.init, read: { .number($0.value) })
    }

    /// A gauge without labels.
    public func gauge(_ name: String, _ help: String) -> Gauge { gauge(name, help, labels: []).with([]) }

    /// A gauge for each combination of label values.
    public func gauge(_ name: String, _ help: String, labels: [String], limit: Int = 200) -> MetricFamily<Gauge> {
        family(
            MetricShape(kind: .gauge, name: name, help: help, labels: labels, limit: limit),
            make: Gauge.init, read: { .number($0.value) })
    }

    /// A gauge without labels whose number is computed when somebody asks for it.
    public func gauge(_ name: String, _ help: String, computed: @escaping @Sendable () -> Double) {
        let gauge = gauge(name, help)
        beforeScrape { gauge.set(computed()) }
    }

    /// A histogram without labels. Bounds are in the unit that the name ends in.
    public func histogram(
        _ name: String, _ help: String, bounds: [Double] = Histogram.secondsBounds
    ) -> Histogram {
        histogram(name, help, labels: [], bounds: bounds).with([])
    }

    /// A histogram for each combination of label values. Bounds are in the unit that the name ends in.
    public func histogram(
        _ name: String, _ help: String, labels: [String], bounds: [Double] = Histogram.secondsBounds, limit: Int = 200
    ) -> MetricFamily<Histogram> {
        family(
            MetricShape(kind: .histogram, name: name, help: help, labels: labels, bounds: bounds, limit: limit),
            make: { Histogram(bounds: bounds) }, read: { .histogram($0.snapshot) })
    }

    /// Has `collect` called before every exposition, to bring gauges up to date. It must not block for long.
    public func beforeScrape(_ collect: @escaping @Sendable () -> Void) {
        state.withLock { $0.beforeScrape.append(collect) }
    }

    /// Everything in the text format of Prometheus, sorted by name and label values.
    public func exposition() -> String {
        for collect in state.withLock({ $0.beforeScrape }) { collect() }
        let families = state.withLock { $0.families }
        var exposition = Exposition()
        for (_, family) in families.sorted(by: { $0.key < $1.key }) {
            exposition.append(family.shape, family.snapshot())
        }
        return exposition.text
    }

    private func family<Series: Sendable>(
        _ shape: MetricShape, make: @escaping @Sendable () -> Series,
        read: @escaping @Sendable (Series) -> SeriesValue
    ) -> MetricFamily<Series> {
        if let fault = shape.fault { fault.stop() }
        let overflowed = { @Sendable [overflow] in overflow.with(shape.name).increment() }
        let made = MetricFamily(shape, make: make, read: read, overflowed: overflowed)
        let (found, fault) = state.withLock { $0.adopt(made) }
        if let fault { fault.stop() }
        return found
    }
}

extension MetricsRegistry.State {
    /// Keeps a family, or finds the one of the same shape; the fault when neither is possible.
    fileprivate mutating func adopt<Series>(
        _ made: MetricFamily<Series>
    ) -> (family: MetricFamily<Series>, fault: MetricFault?) {
        let shape = made.shape
        if let known = families[shape.name] as? MetricFamily<Series>, known.shape == shape { return (known, nil) }
        for name in shape.seriesNames {
            if let owner = owners[name] { return (made, .taken(shape.name, by: owner)) }
        }
        families[shape.name] = made
        for name in shape.seriesNames { owners[name] = shape.name }
        return (made, nil)
    }
}
