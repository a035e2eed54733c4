import Basics
import Loop

/// Clients through PgBouncer against the same clients directly, on one server, both over TLS.
struct PoolerFigures: MeasuredRoom {
    private static let crowds = [8, 64, 1000]
    /// What they do, how often in a second on two cores, and what the way through another process may cost them.
    private static let works: [(name: String, script: String, rate: Int, aim: Double)] = [
        ("read", "read", 10_000, 0.5), ("write", "insert", 4000, 0.75),
    ]

    private let pooler: BenchPooler

    init(in workshop: Workshop) async throws { pooler = try await BenchPooler(in: workshop) }

    func stop() async { await pooler.stop() }

    var comparisons: [Comparison] {
        let loads = Self.works.flatMap { work in
            Self.crowds.map { clients in
                let contenders = [true, false].map { contender(clients, work.script, work.rate, isPooled: $0) }
                // For so many the pooler is there; it has to gain.
                let aim = clients < 1000 ? work.aim : 1
                return Comparison(
                    name: "pooler.\(work.name).\(clients)", parlor: contenders[0],
                    yardsticks: [
                        .init(contenders[1], .rate(aim: aim), .shown(.median), .shown(.tail), .shown(.connecting))
                    ])
            }
        }
        let crowd = Self.crowds.max() ?? 1
        let memory = Comparison(
            name: "pooler.\(crowd)", parlor: memory(crowd, isPooled: true),
            yardsticks: [.init(memory(crowd, isPooled: false), .shown(.memory))])
        return loads + [memory]
    }

    private static func name(_ isPooled: Bool) -> String { isPooled ? "PgBouncer" : "direct" }

    private func contender(_ clients: Int, _ script: String, _ rate: Int, isPooled: Bool) -> Contender {
        let pooler = pooler
        return Contender(Self.name(isPooled)) { time in
            try await pooler.settle()
            return try await pooler.load(clients, isPooled: isPooled, rate: rate).load(script, for: time)
        }
    }

    /// The most that is taken while all clients read. Looking takes time of the machine, so this is no turn of theirs.
    private func memory(_ clients: Int, isPooled: Bool) -> Contender {
        let pooler = pooler
        return Contender(Self.name(isPooled)) { time in
            try await pooler.settle()
            let loop = pooler.database.workshop.loop
            let looking = Task(executorPreference: loop) {
                var most = 0.0
                while !Task.isCancelled {
                    most = max(most, pooler.memory(isPooled: isPooled))
                    try? await loop.sleep(for: .seconds(1))
                }
                return most
            }
            defer { looking.cancel() }
            var sample = try await pooler.load(clients, isPooled: isPooled, rate: 10_000).load("read", for: time)
            looking.cancel()
            sample.memory = await looking.value
            return sample
        }
    }
}
