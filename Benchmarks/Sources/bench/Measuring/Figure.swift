import Telemetry

/// One measured number beside its yardstick's from the same run.
struct Figure: Sendable {
    /// One run: ours and the yardstick's.
    struct Run: Sendable {
        var value: Double
        var yardstick: Double

        var ratio: Double { value / yardstick }
    }

    let name: String
    let unit: String
    let yardstick: String
    let runs: [Run]
    let goal: Goal

    init(_ name: String, _ goal: Goal, of samples: [Sample], against others: [Sample], of yardstick: String) {
        self.name = name + goal.aspect.suffix
        self.goal = goal
        self.yardstick = yardstick
        unit = goal.aspect.unit
        runs = zip(samples, others).compactMap { sample, other in
            guard let value = goal.aspect.value(of: sample), let beside = goal.aspect.value(of: other) else {
                return nil
            }
            return Run(value: value, yardstick: beside)
        }
    }

    /// The medians over the runs; the ratio is that of the runs, because a run is busy for both.
    var value: Double { Self.median(runs.map(\.value)) }
    var yardstickValue: Double { Self.median(runs.map(\.yardstick)) }
    var ratio: Double { Self.median(runs.map(\.ratio)) }

    /// Whether the floor holds; nil where there is none.
    var holds: Bool? {
        goal.floor.map { goal.aspect.isBetterWhenLess ? ratio <= $0 : ratio >= $0 }
    }

    /// Whether the aim is reached; nil where there is none.
    var reachesAim: Bool? {
        goal.aim.map { goal.aspect.isBetterWhenLess ? ratio <= $0 : ratio >= $0 }
    }

    private static func median(_ numbers: [Double]) -> Double {
        let sorted = numbers.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// In the form that every command prints which measures.
    var measured: MeasuredFigure {
        MeasuredFigure(
            name, value: value, unit: unit,
            yardstick: .init(yardstick, value: yardstickValue, ratio: ratio), floor: goal.floor, aim: goal.aim,
            holds: holds, runs: runs.map { .init($0.value, yardstick: $0.yardstick) })
    }
}
