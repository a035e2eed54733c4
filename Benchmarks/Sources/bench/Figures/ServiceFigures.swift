import Basics

/// Deliveries of WhatsApp to the whole service: signed, logged durably and then answered, against Express with
/// node-postgres doing the same, and against pgbench that inserts a row of that size and nothing else.
struct ServiceFigures: MeasuredRoom {
    private static let inserting = 32

    private let service: BenchService

    init(in workshop: Workshop) async throws { service = try await BenchService(in: workshop) }

    func stop() async { await service.stop() }

    var comparisons: [Comparison] {
        let load = Pgbench(service.database, connections: Self.inserting)
        let pgbench = Contender("pgbench, \(Self.inserting) connections") { try await load.load("insert", for: $0) }
        return [64, 256].map { connections in
            Comparison(
                name: "service.webhook.\(connections)", parlor: contender("parlor", service.parlor, connections),
                yardsticks: [
                    .init(
                        contender("Express", service.express, connections), .rate(floor: 5, aim: 12),
                        .shown(.median), .tail(aim: 0.1), .shown(.processorTime), .memory(floor: 0.5, aim: 0.25)),
                    .init(pgbench, .rate(floor: 1.2, aim: 2)),
                ])
        }
    }

    private func contender(_ name: String, _ server: BenchService.Server, _ connections: Int) -> Contender {
        let service = service
        return Contender(name) { try await service.deliver(to: server, connections: connections, for: $0) }
    }
}
