package import Telemetry

/// The figures of a drill, with the floors and aims of docs/drills.md.
extension DrillOutcome {
    private static let firstWriteFloor = 1.0
    private static let firstWriteAim = 0.5
    private static let stallFloor = 1.5
    private static let stallAim = 1.0

    /// All of them, those with a floor first.
    package var figures: [MeasuredFigure] {
        let kinds = Disturbance.allCases.filter { kind in runs.contains { $0.disturbance == kind } }
        return kinds.flatMap(measured) + promises + kinds.flatMap(shown) + counts
    }

    private func runs(of kind: Disturbance) -> [DrillRun] { runs.filter { $0.disturbance == kind } }

    private func name(_ kind: Disturbance) -> String {
        kind == .switchover ? "switchover" : "failover.\(kind.rawValue)"
    }

    private func measured(_ kind: Disturbance) -> [MeasuredFigure] {
        let (runs, name) = (runs(of: kind), name(kind))
        guard kind == .switchover else {
            return pair(
                "\(name).first_write", runs.map(\.firstWrite), atMost: Self.firstWriteFloor, aim: Self.firstWriteAim)
        }
        return pair("\(name).stall", runs.map(\.stall), atMost: Self.stallFloor, aim: Self.stallAim) + [
            count("\(name).client_errors", runs.map(\.errorCount), floor: 0)
        ]
    }

    /// What must be zero, whatever happens.
    private var promises: [MeasuredFigure] {
        let checks = rows.sorted { $0.key < $1.key }.map(\.value)
        // A row that one node lacks is lost there, even when the others have it.
        let worst = { (number: (RowCheck) -> Int) in checks.map(number).max() ?? 0 }
        return [
            MeasuredFigure("rows.lost", value: Double(worst { $0.lost.count }), unit: "rows", atMost: 0, aim: 0),
            MeasuredFigure("rows.doubled", value: Double(worst { $0.doubled.count }), unit: "rows", atMost: 0, aim: 0),
            MeasuredFigure(
                "rows.wrong", value: Double(worst { $0.undead.count + $0.foreign.count + $0.altered.count }),
                unit: "rows", atMost: 0, aim: 0),
            MeasuredFigure("primaries.overlapping", value: Double(overlaps.count), unit: "nodes", atMost: 0, aim: 0),
        ]
    }

    /// What is told without being asked for.
    private func shown(_ kind: Disturbance) -> [MeasuredFigure] {
        let (runs, name) = (runs(of: kind), name(kind))
        let first = kind == .switchover ? pair("\(name).first_write", runs.map(\.firstWrite)) : []
        return first + pair("\(name).pause", runs.map(\.pause)) + pair("\(name).whole_again", runs.map(\.wholeAgain))
    }

    private var counts: [MeasuredFigure] {
        let words = Set(runs.flatMap { $0.errors.keys }).sorted()
        return [count("writes.acknowledged", runs.map(\.acknowledged))]
            + words.map { word in count("errors.\(word)", runs.map { $0.errors[word, default: 0] }) }
    }

    // MARK: - Statistics

    private func pair(
        _ name: String, _ durations: [Duration], atMost floor: Double? = nil, aim: Double? = nil
    ) -> [MeasuredFigure] {
        let seconds = durations.map { Self.rounded($0 / .seconds(1)) }
        return [
            MeasuredFigure(
                "\(name).median", value: Self.rounded(Self.median(seconds)), unit: "s", atMost: floor, aim: aim,
                runs: seconds),
            MeasuredFigure(
                "\(name).worst", value: seconds.max() ?? 0, unit: "s", atMost: floor, aim: aim, runs: seconds),
        ]
    }

    private func count(_ name: String, _ counts: [Int], floor: Double? = nil) -> MeasuredFigure {
        MeasuredFigure(
            name, value: Double(counts.reduce(0, +)), unit: "", atMost: floor, aim: floor, runs: counts.map(Double.init)
        )
    }

    /// To the millisecond: more of it nobody measured.
    private static func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }

    /// The middle one, or what lies between the two in the middle; 0 without any.
    package static func median(_ numbers: [Double]) -> Double {
        let sorted = numbers.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
