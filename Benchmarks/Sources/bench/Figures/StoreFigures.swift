import Basics
import Processes

/// Reads by key as the service does them, for one of many salons and under row-level security, against pgbench that
/// asks the same: role and salon, and the read behind them, prepared, in one pipeline. Reads of the store share the role.
struct StoreFigures: MeasuredRoom {
    private static let connections = 8
    private static let clients = 64

    private let database: BenchDatabase

    init(in workshop: Workshop) async throws {
        database = try await BenchDatabase(in: workshop)
        let place = ["fill", database.folder, "\(database.port)", "\(workshop.checkout)/schema/migrations"]
        _ = try await workshop.output(of: Self.program(workshop, place))
    }

    func stop() async { await database.stop() }

    var comparisons: [Comparison] {
        let load = Pgbench(database, connections: Self.connections)
        let pgbench = Contender("pgbench, \(Self.connections) connections") { try await load.load("store", for: $0) }
        return [
            Comparison(
                name: "store.read", parlor: reading, yardsticks: [.init(pgbench, .rate(floor: 0.5, aim: 0.8))])
        ]
    }

    private var reading: Contender {
        let (workshop, place) = (database.workshop, ["read", database.folder, "\(database.port)"])
        return Contender("parlor") { time in
            let seconds = max(1, Int(time.seconds.rounded()))
            let numbers = ["\(Self.connections)", "\(Self.clients)", "\(seconds)"]
            return try await workshop.sample(of: Self.program(workshop, place + numbers), name: "the store")
        }
    }

    private static func program(_ workshop: Workshop, _ words: [String]) -> Program {
        Program("\(workshop.checkout)/.build/release/storeload", words)
    }
}
