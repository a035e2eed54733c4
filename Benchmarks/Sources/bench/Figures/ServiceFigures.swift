import Basics

/// Deliveries of WhatsApp to the whole service: signed, logged durably and then answered, against Express with
/// node-postgres doing the same, and against pgbench that inserts a row of that size and nothing else; then bookings read by
/// their codes, and what people look at while nothing else is to be done.
struct ServiceFigures: MeasuredRoom {
    private static let inserting = 32
    private static let reading = 64

    private let service: BenchService

    init(in workshop: Workshop, program: String) async throws {
        service = try await BenchService(in: workshop, program: program)
    }

    func stop() async { await service.stop() }

    var comparisons: [Comparison] {
        let load = Pgbench(service.database, connections: Self.inserting)
        let pgbench = Contender("pgbench, \(Self.inserting) connections") { try await load.load("insert", for: $0) }
        let deliveries = [64, 256].map { connections in
            Comparison(
                name: "service.webhook.\(connections)", parlor: contender("parlor", service.parlor, connections),
                yardsticks: [
                    .init(
                        contender("Express", service.express, connections), .rate(floor: 5, aim: 12),
                        .shown(.median), .tail(aim: 0.1), .shown(.processorTime), .memory(floor: 0.5, aim: 0.25)),
                    .init(pgbench, .rate(floor: 1.2, aim: 2)),
                ])
        }
        return deliveries + [reads, paced]
    }

    private var reads: Comparison {
        let service = service
        let reader = { (name: String, server: BenchService.Server, prefix: String) in
            Contender(name) { try await service.read(from: server, below: prefix, connections: Self.reading, for: $0) }
        }
        let load = Pgbench(service.database, connections: Self.reading)
        return Comparison(
            name: "service.read", parlor: reader("parlor", service.parlor, ""),
            yardsticks: [
                .init(
                    reader("Express", service.express, ""), .rate(floor: 5, aim: 9), .shown(.median), .shown(.tail),
                    .shown(.processorTime)),
                // Like for like: the one above asks as a superuser, who sees every tenant's rows.
                .init(reader("Express, tenants apart", service.express, "/apart"), .shown(.rate), .shown(.tail)),
                .init(
                    Contender("pgbench -S, \(Self.reading) connections") { try await load.load("read", for: $0) },
                    .rate(floor: 0.5, aim: 0.8)),
            ])
    }

    private var paced: Comparison {
        let paced = PacedReads(service, perSecond: 200)
        return Comparison(
            name: "service.paced", parlor: Contender("parlor") { try await paced.load(for: $0) },
            yardsticks: [
                .init(
                    Contender("20 ms") { _ in Sample(1, in: .seconds(1), median: 20, tail: 20) }, .shown(.median),
                    .tail(floor: 1, aim: 0.25))
            ])
    }

    private func contender(_ name: String, _ server: BenchService.Server, _ connections: Int) -> Contender {
        let service = service
        return Contender(name) { try await service.deliver(to: server, connections: connections, for: $0) }
    }
}
