package import Configuration
import Glibc
import HTTP
package import Loop
import Postgres
import Store
package import Telemetry
import WhatsApp

/// A process that only works: what `parlor worker` runs.
package struct WorkerRole: Sendable {
    private static let drainLimit = Duration.seconds(10)

    private let store: Store
    private let worker: Worker
    private let events: EventWorker
    private let router: HTTPRouter
    private let address: SocketAddress?
    private let logger: Logger
    private let loop: EventLoop

    /// The worker that a configuration describes.
    package init(_ configuration: Configuration, logger: Logger, on loop: EventLoop) throws {
        self.logger = logger
        self.loop = loop
        let metrics = MetricsRegistry()
        metrics.registerProcessMetrics()
        var router = HTTPRouter()
        router.addWatchRoutes(metrics: metrics)
        self.router = router
        address = configuration.worker.port.map { .tcp(host: configuration.api.host, port: $0) }
        store = Store(
            primary: ConnectionOptions(configuration.database, applicationName: "parlor worker"),
            StoreLimits(configuration.database), on: loop)
        worker = try Worker(
            configuration, store, sealer: try FieldSealer(configuration.sealing), logger: logger, metrics: metrics,
            on: loop)
        events = EventWorker(store, logger: logger, metrics: metrics, on: loop)
    }

    /// Works until SIGTERM or SIGINT, and finishes what it has in hand.
    package func run() async throws {
        let server = try address.map { address in
            try HTTPServer(at: address, on: loop) { [router] in await router.respond(to: $0) }
        }
        if let server { logger.info("listening", [.address: "\(server.address)"]) }
        logger.info("working")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) {
                for await number in loop.signals(SIGTERM, SIGINT) {
                    logger.info("told to stop by a signal", [.signal: Int(number)])
                    return
                }
            }
            group.addTask(executorPreference: loop) { try await worker.run() }
            // What a server that died has left in the log of events.
            group.addTask(executorPreference: loop) { try await events.run() }
            if let server { group.addTask { try await server.run() } }
            try await group.next()
            await worker.drain(within: Self.drainLimit)
            server?.shutDown(within: .zero)
            group.cancelAll()
        }
        await events.stop(within: Self.drainLimit)
        await store.stop(within: Self.drainLimit)
        logger.info("stopped")
    }
}
