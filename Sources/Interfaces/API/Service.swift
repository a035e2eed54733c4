package import Configuration
import Glibc
import HTTP
package import Loop
import Postgres
import Store
package import Telemetry
package import Tenants
import WhatsApp
import Work

/// The booking service: everything that answers on the API's port, and the work that follows from it.
///
/// Each loop of a group answers those who come to it, by itself. The work that follows is done on the first one.
package struct Service: Sendable {
    private static let drainLimit = Duration.seconds(10)

    private let commons: ServiceCommons
    let loops: [ServiceLoop]
    private let worker: Worker?

    private var logger: Logger { commons.logger }
    var events: EventWorker { commons.events }
    /// What the first loop answers, as all of them do.
    var router: HTTPRouter { loops[0].router }

    /// The service that a configuration describes.
    package init(
        _ configuration: Configuration, passwords: PasswordCost = .usual, logger: Logger, on group: LoopGroup
    ) async throws {
        let metrics = MetricsRegistry()
        metrics.registerProcessMetrics()
        let options = ConnectionOptions(configuration.database, applicationName: "parlor service")
        let shares = ConnectionShares(connections: configuration.database.poolSize, loops: group.loops.count)
        let limits = StoreLimits(configuration.database, shares)
        let statistics = StatementStatistics(registry: metrics, logger: logger)
        let (first, sealer) = (group.first, try FieldSealer(configuration.sealing))
        var stores: [Store] = []
        for loop in group.loops {
            stores.append(
                try await loop.perform { Store(primary: options, limits, statistics: statistics, on: loop) })
        }
        let pressure = DeliveryPressure()
        let worker =
            configuration.worker.withService
            ? try Worker(
                configuration, stores[0], sealer: sealer, logger: logger, metrics: metrics, on: first,
                isPressed: { pressure.isPressed }) : nil
        let commons = ServiceCommons(
            configuration: configuration, logger: logger, metrics: metrics,
            database: DatabaseHealth(options, metrics: metrics, on: first), pressure: pressure,
            events: EventWorker(
                stores[0], logger: logger, metrics: metrics, on: first,
                noteInbound: { number, count in worker?.noteInbound(number, count) },
                isPressed: { pressure.isPressed }),
            hasher: PasswordHasher(passwords, on: first), sealer: sealer, limiter: RateLimiter(configuration.api))
        var loops: [ServiceLoop] = []
        for (loop, store) in zip(group.loops, stores) {
            loops.append(
                try await loop.perform {
                    try ServiceLoop(commons, store, eventConnections: shares.events, on: loop)
                })
        }
        (self.commons, self.worker, self.loops) = (commons, worker, loops)
    }

    /// Serves until SIGTERM or SIGINT; requests that run then are finished first, and then what follows from them.
    package func run() async throws {
        let servers = try await listen()
        logger.info("listening", [.address: "\(servers[0].address)", .loops: loops.count])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await number in loops[0].loop.signals(SIGTERM, SIGINT) {
                    logger.info("told to stop by a signal", [.signal: Int(number)])
                    for server in servers { server.shutDown(within: Self.drainLimit) }
                }
            }
            group.addTask { try await work() }
            group.addTask {
                try await withThrowingDiscardingTaskGroup { group in
                    for server in servers { group.addTask { try await server.run() } }
                }
            }
            // The servers end first: by the signal, or by an error that ends the service too.
            try await group.next()
            group.cancelAll()
        }
        await close()
        logger.info("stopped")
    }

    /// What bounds the memory of the process, shared out among its loops.
    private var limits: HTTPServerLimits {
        var limits = HTTPServerLimits()
        limits.connections /= loops.count
        limits.refusals /= loops.count
        return limits
    }

    /// A server for each loop, all of them at the same address.
    func listen() async throws -> [HTTPServer] {
        let api = commons.configuration.api
        let limits = self.limits
        var servers: [HTTPServer] = []
        for part in loops {
            let first = servers.first
            servers.append(
                try await part.loop.perform {
                    let handler: HTTPServer.Handler = { [router = part.router] in await router.respond(to: $0) }
                    if let first { return try HTTPServer(beside: first, on: part.loop, handler) }
                    // Whoever operates the service, and whoever would restart it, hears how it is also when it is crowded.
                    return try HTTPServer(
                        at: .tcp(host: api.host, port: api.port), on: part.loop, limits: limits,
                        isUrgent: { HTTPRouter.tellsHealth($0.target) }, handler)
                })
        }
        return servers
    }

    /// Does what follows from requests until its task is cancelled.
    func work() async throws {
        let loop = loops[0].loop
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) { [events] in try await events.run() }
            if let worker { group.addTask(executorPreference: loop) { try await worker.run() } }
            try await group.waitForAll()
        }
    }

    /// Waits for what is on its way and closes every connection.
    func close() async {
        for loop in loops { await loop.endEvents(within: Self.drainLimit) }
        await events.stop(within: Self.drainLimit)
        await worker?.drain(within: Self.drainLimit)
        commons.hasher.end()
        for loop in loops { await loop.close(within: Self.drainLimit) }
        await commons.database.close()
    }
}
