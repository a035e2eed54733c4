import Basics
import Synchronization

/// A part of a table, copied in one transaction.
struct LoadJob: Sendable {
    let table: SeedTable
    let units: Range<Int>

    /// Rows are sent together when they have come to this size.
    static let pieceSize = 128 << 10
    /// A part has about so many rows at most.
    private static let rowsMost = 200_000

    /// The parts of some tables, at least so many of each large one. The parts of one time stand side by side, so that
    /// connections that work at once are in different tables.
    static func jobs(_ tables: [SeedTable], parts: Int) -> [LoadJob] {
        let jobs = tables.flatMap { table -> [(place: Double, job: LoadJob)] in
            let least = table.rows < 10_000 ? 1 : parts
            let count = max(1, min(table.units, max(least, table.rows / rowsMost + 1)))
            return (0..<count).map { part in
                let units = table.units * part / count..<table.units * (part + 1) / count
                return (place: Double(part) / Double(count), job: LoadJob(table: table, units: units))
            }
        }
        return jobs.sorted { $0.place < $1.place }.map(\.job)
    }
}

/// What the connections of a stage have to do, and what they have done.
final class LoadQueue: Sendable {
    private struct State {
        var jobs: ArraySlice<LoadJob>
        var copied: [String: Int] = [:]
    }

    private let tables: [SeedTable]
    private let state: Mutex<State>

    init(_ tables: [SeedTable], parts: Int) {
        self.tables = tables
        state = Mutex(State(jobs: LoadJob.jobs(tables, parts: parts)[...]))
    }

    /// The next part; nil when there is none left.
    func next() -> LoadJob? { state.withLock { $0.jobs.popFirst() } }

    /// Notes that the server has made so many rows of a part.
    func count(_ rows: Int, of table: SeedTable) { state.withLock { $0.copied[table.name, default: 0] += rows } }

    /// Holds what the server has counted against what was to be made.
    func check() throws(ParlorError) {
        let copied = state.withLock { $0.copied }
        for table in tables where copied[table.name, default: 0] != table.rows {
            throw ParlorError(
                .unexpected, "\(table.name) was not seeded as it was planned",
                why: "\(table.rows) rows were to be made, and \(copied[table.name, default: 0]) were")
        }
    }
}
