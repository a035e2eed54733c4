import Basics
import Loop

/// All comparisons of a suite, one room after the other; each room's servers run only during its turn.
struct Suite: Sendable {
    /// What can be asked for.
    static let names = ["drivers", "store", "service", "seed", "pooler", "backups"]

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
        for room in rooms where wants(room) { figures += try await measure(room, in: workshop, &generator) }
        guard !figures.isEmpty else {
            throw ParlorError(
                .usage, "no figure begins with \"\(arguments.only)\"",
                hint: "They begin with \(rooms.joined(separator: ", ")).")
        }
        return Report(figures: figures, seed: arguments.seed, at: start)
    }

    private var rooms: [String] {
        arguments.suite == "drivers" ? ["json", "http", "redis", "postgres"] : [arguments.suite]
    }

    private func wants(_ room: String) -> Bool {
        room.hasPrefix(arguments.only) || arguments.only.hasPrefix("\(room).")
    }

    private func measure(
        _ room: String, in workshop: Workshop, _ generator: inout SeededRandom
    ) async throws -> [Figure] {
        guard room != "json" else { return try await measure(try JSONFigures.comparisons(), &generator) }
        let room = try await open(room, in: workshop)
        do {
            let figures = try await measure(room.comparisons, &generator)
            await room.stop()
            return figures
        } catch {
            await room.stop()
            throw error
        }
    }

    private func open(_ room: String, in workshop: Workshop) async throws -> any MeasuredRoom {
        switch room {
        case "http": try await HTTPFigures(in: workshop)
        case "redis": try await RedisFigures(in: workshop)
        case "postgres": try await PostgresFigures(in: workshop)
        case "store": try await StoreFigures(in: workshop)
        case "service": try await ServiceFigures(in: workshop, program: arguments.program)
        case "pooler": try await PoolerFigures(in: workshop)
        case "backups": try await BackupFigures(in: workshop)
        default: try await SeedFigures(in: workshop, program: arguments.program)
        }
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

/// What is measured while servers of its own run.
protocol MeasuredRoom {
    /// What is compared with what.
    var comparisons: [Comparison] { get }
    /// Ends its servers.
    func stop() async
}
