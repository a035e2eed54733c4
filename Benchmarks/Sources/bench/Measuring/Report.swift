import Basics
import Glibc
import Telemetry

/// All figures of a run, as one object or as a table.
struct Report {
    let figures: [Figure]
    let seed: UInt64
    let at: Timestamp

    /// Whether every floor holds.
    var holds: Bool { figures.allSatisfy { $0.holds ?? true } }

    var json: JSON { MeasurementReport(figures.map(\.measured), seed: seed, at: at).json }

    /// One line for each figure, with a bar that shows the ratio against floor and aim.
    var table: String {
        var rows = [["FIGURE", "PARLOR", "YARDSTICK", "", "RATIO", "FLOOR", "AIM", "", ""]]
        for figure in figures {
            rows.append([
                figure.name, "\(figure.value.short) \(figure.unit)", "\(figure.yardstickValue.short) \(figure.unit)",
                figure.yardstick, "\(figure.ratio.short)x", figure.goal.floor?.short ?? "-",
                figure.goal.aim?.short ?? "-",
                figure.verdict, figure.bar,
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                let isNumber = [1, 2, 4, 5, 6].contains(column)
                line += (isNumber ? padding + cell : cell + padding) + "  "
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

extension Figure {
    /// What became of floor and aim, in a word.
    fileprivate var verdict: String {
        switch (holds, reachesAim) {
        case (false, _): "below the floor"
        case (_, true): "aim reached"
        case (true, _): "holds"
        default: ""
        }
    }

    /// The ratio as a length: doubling it adds two signs.
    fileprivate var bar: String {
        guard ratio.isFinite, ratio > 0 else { return "" }
        let better = goal.aspect.isBetterWhenLess ? 1 / ratio : ratio
        return String(repeating: "=", count: max(1, min(24, Int((2 * log2(better)).rounded()) + 4)))
    }
}

extension Double {
    /// Three digits that matter.
    fileprivate var short: String {
        guard isFinite else { return "-" }
        if magnitude >= 1_000_000 { return "\((self / 10_000).rounded() / 100)M" }
        if magnitude >= 10_000 { return "\(Int((self / 1000).rounded()))k" }
        if magnitude >= 100 { return "\(Int(rounded()))" }
        return magnitude >= 10 ? "\((self * 10).rounded() / 10)" : "\((self * 100).rounded() / 100)"
    }
}
