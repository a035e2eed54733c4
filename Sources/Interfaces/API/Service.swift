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
package struct Service: Sendable {
    private static let drainLimit = Duration.seconds(10)

    private let configuration: Configuration
    private let logger: Logger
    private let loop: EventLoop
    private let database: DatabaseHealth
    private let store: Store
    private let eventLog: EventLog
    let events: EventWorker
    private let worker: Worker?
    private let hasher: PasswordHasher
    let router: HTTPRouter

    /// The service that a configuration describes.
    package init(
        _ configuration: Configuration, passwords: PasswordCost = .usual, logger: Logger, on loop: EventLoop
    ) throws {
        self.configuration = configuration
        self.logger = logger
        self.loop = loop
        let metrics = MetricsRegistry()
        metrics.registerProcessMetrics()
        let options = ConnectionOptions(configuration.database, applicationName: "parlor service")
        database = DatabaseHealth(options, metrics: metrics, on: loop)
        store = Store(
            primary: options, StoreLimits(configuration.database),
            statistics: StatementStatistics(registry: metrics, logger: logger), on: loop)
        eventLog = try EventLog(store)
        worker =
            configuration.worker.withService
            ? try Worker(
                configuration, store, sealer: try FieldSealer(configuration.sealing), logger: logger, metrics: metrics,
                on: loop, isPressed: { [eventLog] in eventLog.isPressed }) : nil
        events = EventWorker(
            store, logger: logger, metrics: metrics, on: loop,
            noteInbound: { [worker] number, count in worker?.noteInbound(number, count) },
            isPressed: { [eventLog] in eventLog.isPressed })
        var router = HTTPRouter { error, request in
            logger.error("a request failed", error: error, [.route: request.route?.pattern.description])
        }
        let recording = RequestRecording(logger: logger, metrics: metrics)
        router.wrap { await recording($0, $1) }
        router.addHealthRoutes(database: database, metrics: metrics)
        let intake = WebhookIntake(SalonDirectory(store, on: loop), eventLog, events)
        WebhookRoutes(WebhookSecrets(configuration.whatsApp), intake, logger: logger, metrics: metrics).add(to: &router)
        hasher = PasswordHasher(passwords, on: loop)
        try EndpointServer(configuration, store, hasher, on: loop).register(RestAPI.endpoints, on: &router)
        self.router = router
    }

    /// Serves until SIGTERM or SIGINT; requests that run then are finished first, and then what follows from them.
    package func run() async throws {
        let address = SocketAddress.tcp(host: configuration.api.host, port: configuration.api.port)
        // Whoever operates the service, and whoever would restart it, hears how it is also when it is crowded.
        let server = try HTTPServer(at: address, on: loop, isUrgent: { HTTPRouter.tellsHealth($0.target) }) {
            [router] in await router.respond(to: $0)
        }
        logger.info("listening", [.address: "\(server.address)"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await number in loop.signals(SIGTERM, SIGINT) {
                    logger.info("told to stop by a signal", [.signal: Int(number)])
                    server.shutDown(within: Self.drainLimit)
                }
            }
            group.addTask { try await work() }
            group.addTask { try await server.run() }
            // The server ends first: by the signal, or by an error that ends the service too.
            try await group.next()
            group.cancelAll()
        }
        await close()
        logger.info("stopped")
    }

    /// Does what follows from requests until its task is cancelled.
    func work() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) { [events] in try await events.run() }
            if let worker { group.addTask(executorPreference: loop) { try await worker.run() } }
            try await group.waitForAll()
        }
    }

    /// Waits for what is on its way and closes every connection.
    func close() async {
        await eventLog.stop(within: Self.drainLimit)
        await events.stop(within: Self.drainLimit)
        await worker?.drain(within: Self.drainLimit)
        hasher.end()
        await store.stop(within: Self.drainLimit)
        await database.close()
    }
}

extension WebhookSecrets {
    /// Those of a configuration.
    init(_ whatsApp: Configuration.WhatsApp) {
        self.init(
            app: whatsApp.appSecret, previous: whatsApp.previousAppSecret, verifyToken: whatsApp.verifyToken)
    }
}
