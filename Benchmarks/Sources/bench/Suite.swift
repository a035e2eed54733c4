import Basics
import Loop

/// All comparisons of a suite, one room after the other; each room's servers run only during its turn.
struct Suite: Sendable {
    /// What can be asked for.
    static let names = ["drivers", "store"]

    private let arguments: Arguments
    private let loop: EventLoop

    init(_ arguments: Arguments, on loop: EventLoop) {
        self.arguments = arguments
        self.loop = loop
    }

    func run() async throws -> Report {
        let start = Timestamp.now()
        let workshop = try Workshop(packageRoot: arguments.package, yardsticks: arguments.yardsticks, on: loop)
        defer { workshop.remove() }
        var generator = SeededRandom(seed: arguments.seed)
        var figures: [Figure] = []
        if wants("store") {
            let room = try await StoreFigures(in: workshop)
            figures += try await measure(room.comparisons, &generator)
            await room.stop()
        }
        if wants("json") { figures += try await measure(try JSONFigures.comparisons(), &generator) }
        if wants("http") {
            let room = try await HTTPFigures(in: workshop)
            figures += try await measure(room.comparisons, &generator)
            await room.stop()
        }
        if wants("redis") {
            let room = try await RedisFigures(in: workshop)
            figures += try await measure(room.comparisons, &generator)
            await room.stop()
        }
        if wants("postgres") {
            let room = try await PostgresFigures(in: workshop)
            figures += try await measure(room.comparisons, &generator)
            await room.stop()
        }
        guard !figures.isEmpty else {
            throw ParlorError(
                .usage, "no figure begins with \"\(arguments.only)\"",
                hint: "They begin with \(rooms.joined(separator: ", ")).")
        }
        return Report(figures: figures, seed: arguments.seed, at: start)
    }

    private var rooms: [String] { arguments.suite == "store" ? ["store"] : ["json", "http", "redis", "postgres"] }

    private func wants(_ room: String) -> Bool {
        rooms.contains(room) && (room.hasPrefix(arguments.only) || arguments.only.hasPrefix("\(room)."))
    }

    private func measure(_ comparisons: [Comparison], _ generator: inout SeededRandom) async throws -> [Figure] {
        var figures: [Figure] = []
        for comparison in comparisons
        where comparison.name.hasPrefix(arguments.only) || arguments.only.hasPrefix("\(comparison.name).") {
            Entrypoint.tell("measuring \(comparison.name) …")
            figures += try await comparison.measure(
                runs: arguments.runs, turn: .seconds(arguments.seconds), using: &generator
            ).filter { $0.name.hasPrefix(arguments.only) }
        }
        return figures
    }
}
