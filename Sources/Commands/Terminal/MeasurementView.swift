package import Telemetry

/// Figures as a table.
package struct MeasurementView: Sendable {
    private let report: MeasurementReport

    /// A view of a report.
    package init(_ report: MeasurementReport) { self.report = report }

    /// The table.
    package func lines(width: Int, inColor: Bool = false) -> [String] {
        Table(columns: Self.columns, rows: report.figures.map(row)).lines(fitting: width, inColor: inColor)
    }

    private static let columns: [Table.Column] = [
        Table.Column("FIGURE"), Table.Column("VALUE", .right), Table.Column("FLOOR", .right),
        Table.Column("AIM", .right), Table.Column("VERDICT"), Table.Column("RUNS", shrinks: true),
    ]

    private func row(_ figure: MeasuredFigure) -> [Table.Cell] {
        let unit = figure.unit.isEmpty ? "" : " \(figure.unit)"
        return [
            Table.Cell(figure.name), Table.Cell(number(figure.value) + unit),
            Table.Cell(figure.floor.map(number) ?? "-"), Table.Cell(figure.aim.map(number) ?? "-"), verdict(figure),
            Table.Cell(figure.runs.map { number($0.value) }.joined(separator: " ")),
        ]
    }

    private func verdict(_ figure: MeasuredFigure) -> Table.Cell {
        guard let holds = figure.holds, let floor = figure.floor else { return "" }
        guard holds else { return Table.Cell("below the floor", .red) }
        let reachesAim = figure.aim.map { $0 <= floor ? figure.value <= $0 : figure.value >= $0 } ?? false
        return Table.Cell(reachesAim ? "aim reached" : "holds", .green)
    }

    /// Whole numbers as such.
    private func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
