package import Drills
import Glibc
import Synchronization

/// What the faults of a run cost, one line each; printed when the process ends.
package final class GapTable: Sendable {
    /// What one fault cost.
    package struct Row: Equatable, Sendable {
        /// The fault.
        package var name: String
        /// What the run can be repeated with.
        package var seed: UInt64
        /// The longest time without an acknowledged write.
        package var gap: Duration
        /// Errors that clients saw.
        package var errors: Int
        /// Acknowledged writes.
        package var acknowledged: Int
        /// Those of them that are not there any more.
        package var lost: Int

        /// Describes a fault.
        package init(name: String, seed: UInt64, gap: Duration, errors: Int, acknowledged: Int, lost: Int) {
            self.name = name
            self.seed = seed
            self.gap = gap
            self.errors = errors
            self.acknowledged = acknowledged
            self.lost = lost
        }

        /// The cost as clients measured it and a check found it.
        package init(_ name: String, seed: UInt64, _ measurements: WriterMeasurements, _ check: RowCheck) {
            self.init(
                name: name, seed: seed, gap: measurements.longestGap, errors: measurements.errorCount,
                acknowledged: check.acknowledged, lost: check.lost.count)
        }
    }

    /// The one of this process.
    package static let shared: GapTable = {
        atexit {
            let text = GapTable.shared.text
            if !text.isEmpty { print(text) }
        }
        return GapTable()
    }()

    private let rows = Mutex<[Row]>([])

    /// An empty one, which prints nothing by itself.
    package init() {}

    /// Adds a line.
    package func add(_ row: Row) { rows.withLock { $0.append(row) } }

    /// The table, by name and in the order of the runs; empty without lines.
    package var text: String {
        let rows = rows.withLock { $0 }
        guard !rows.isEmpty else { return "" }
        let names = Set(rows.map(\.name)).sorted()
        let sorted = names.flatMap { name in rows.filter { $0.name == name } }
        let head = ["fault", "seed", "gap", "errors", "acknowledged", "lost"]
        return Self.aligned([head] + sorted.map(Self.cells))
    }

    private static func cells(_ row: Row) -> [String] {
        let milliseconds = row.gap / .milliseconds(1)
        let gap = "\(Int(milliseconds.rounded())) ms"
        return [row.name, "\(row.seed)", gap, "\(row.errors)", "\(row.acknowledged)", "\(row.lost)"]
    }

    /// The first column to the left, figures to the right.
    private static func aligned(_ lines: [[String]]) -> String {
        let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { cells in
            cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
