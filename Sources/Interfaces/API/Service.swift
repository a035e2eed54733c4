package import Configuration
import Glibc
import HTTP
package import Loop
import Postgres
import Store
package import Telemetry

/// The booking service: everything that answers on the API's port.
package struct Service: Sendable {
    private static let drainLimit = Duration.seconds(10)

    private let configuration: Configuration
    private let logger: Logger
    private let loop: EventLoop
    private let database: DatabaseHealth
    let router: HTTPRouter

    /// The service that a configuration describes.
    package init(_ configuration: Configuration, logger: Logger, on loop: EventLoop) {
        self.configuration = configuration
        self.logger = logger
        self.loop = loop
        let metrics = MetricsRegistry()
        metrics.registerProcessMetrics()
        database = DatabaseHealth(
            ConnectionOptions(configuration.database, applicationName: "parlor service"), metrics: metrics, on: loop)
        var router = HTTPRouter { error, request in
            logger.error("a request failed", error: error, [.route: request.route?.pattern.description])
        }
        let recording = RequestRecording(logger: logger, metrics: metrics)
        router.wrap { await recording($0, $1) }
        router.addHealthRoutes(database: database, metrics: metrics)
        self.router = router
    }

    /// Serves until SIGTERM or SIGINT; requests that run then are finished first.
    package func run() async throws {
        let address = SocketAddress.tcp(host: configuration.api.host, port: configuration.api.port)
        let server = try HTTPServer(at: address, on: loop) { [router] in await router.respond(to: $0) }
        logger.info("listening", [.address: "\(server.address)"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await number in loop.signals(SIGTERM, SIGINT) {
                    logger.info("told to stop by a signal", [.signal: Int(number)])
                    server.shutDown(within: Self.drainLimit)
                }
            }
            group.addTask { try await server.run() }
            // The server ends first: by the signal, or by an error that ends the service too.
            try await group.next()
            group.cancelAll()
        }
        await database.close()
        logger.info("stopped")
    }
}
