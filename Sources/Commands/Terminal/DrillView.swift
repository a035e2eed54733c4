import Basics
package import Drills
package import Telemetry

/// What people see of a drill: a line for each run, then a table and a verdict.
package struct DrillView: Sendable {
    private let width: Int

    /// A view of so many columns.
    package init(width: Int) { self.width = width }

    /// The lines for an event; none for what is only the beginning of something short.
    package func lines(for event: DrillEvent) -> [String] {
        switch event {
        case .begins: []
        case .ended(let number, let count, let run): ["run \(number) of \(count): \(line(run))"]
        case .checks: ["looking for every acknowledged write on every node"]
        }
    }

    private func line(_ run: DrillRun) -> String {
        let took = run.disturbance == .switchover ? "no client waited longer than \(run.stall.brief)" : nil
        return [
            run.disturbance.words(on: run.from), "\(run.to) took a write after \(run.firstWrite.brief)", took,
            "whole again after \(run.wholeAgain.brief)", errors(run),
        ].compactMap(\.self).joined(separator: "; ")
    }

    private func errors(_ run: DrillRun) -> String {
        let kinds = run.errors.sorted { $0.key < $1.key }.map { "\($0.key) ×\($0.value)" }
        return kinds.isEmpty ? "no error" : kinds.joined(separator: ", ")
    }

    /// The table, and whether everything holds.
    package func lines(for outcome: DrillOutcome, _ report: MeasurementReport, inColor: Bool) -> [String] {
        let table = MeasurementView(report).lines(width: width, inColor: inColor)
        let rows = outcome.rows.sorted { $0.key < $1.key }.filter { !$0.value.holds }
        let overlaps = outcome.overlaps.map(\.description)
        let faults = rows.map { "\($0.key): \($0.value)" } + overlaps
        let journal = outcome.journal.map { ["the journal of what clients were told is \($0)"] } ?? []
        return [""] + table + [""] + (faults + journal).flatMap { wrapped($0, width: width) } + [verdict(report)]
    }

    private func verdict(_ report: MeasurementReport) -> String {
        let broken = report.figures.filter { $0.holds == false }.map(\.name)
        let seed = "(seed \(report.seed))"
        return broken.isEmpty
            ? "every floor holds \(seed)" : "below the floor: \(broken.joined(separator: ", ")) \(seed)"
    }
}
