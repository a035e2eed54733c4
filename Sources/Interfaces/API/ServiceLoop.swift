import Bookings
import Configuration
import HTTP
import Loop
import Postgres
import Store
import Telemetry
import Tenants
import WhatsApp

/// What the loops of a service have in common; any of them may use it at any time.
struct ServiceCommons: Sendable {
    let configuration: Configuration
    let logger: Logger
    let metrics: MetricsRegistry
    let database: DatabaseHealth
    let pressure: DeliveryPressure
    let events: EventWorker
    let hasher: PasswordHasher
    let sealer: FieldSealer?
    let known = KnownPrincipals()
    let limiter: RateLimiter
}

extension RateLimiter {
    /// The one that a configuration describes.
    convenience init(_ api: Configuration.API) {
        self.init(perMinute: [.read: api.readsPerMinute, .write: api.writesPerMinute, .signIn: api.signInsPerMinute])
    }
}

/// What answers requests on one loop: connections of its own, and routes that use them. Requests never leave their loop.
struct ServiceLoop: Sendable {
    let loop: EventLoop
    let router: HTTPRouter
    private let store: Store
    private let eventLog: EventLog

    /// Must be called on the loop, which is the store's.
    init(_ commons: ServiceCommons, _ store: Store, eventConnections: Int, on loop: EventLoop) throws {
        self.loop = loop
        self.store = store
        eventLog = try EventLog(store, connections: eventConnections, commons.pressure)
        let (configuration, logger, metrics) = (commons.configuration, commons.logger, commons.metrics)
        var router = HTTPRouter { error, request in
            logger.error("a request failed", error: error, [.route: request.route?.pattern.description])
        }
        let recording = RequestRecording(logger: logger, metrics: metrics)
        router.wrap { await recording($0, $1) }
        router.addHealthRoutes(database: commons.database, metrics: metrics)
        let intake = WebhookIntake(SalonDirectory(store, on: loop), eventLog, commons.events)
        WebhookRoutes(WebhookSecrets(configuration.whatsApp), intake, logger: logger, metrics: metrics).add(to: &router)
        let lifetime = SessionLifetime(idle: configuration.api.sessionIdle, absolute: configuration.api.sessionLifetime)
        let services = Services(
            store: store, authenticator: Authenticator(store, lifetime, commons.known),
            signIn: SignIn(store, commons.hasher, lifetime), sealer: commons.sealer,
            bookings: BookingDesk(store, sealer: commons.sealer, on: loop))
        EndpointServer(services: services, limiter: commons.limiter).register(RestAPI.endpoints, on: &router)
        self.router = router
    }

    /// Waits until no line is on its way to the log of events.
    func endEvents(within limit: Duration) async { await onLoop { await eventLog.stop(within: limit) } }

    /// Closes every connection.
    func close(within limit: Duration) async { await onLoop { await store.stop(within: limit) } }

    private func onLoop(_ body: @escaping @Sendable () async -> Void) async {
        // Nothing is thrown: neither does the body, nor is closing ever called off.
        try? await loop.perform(body)
    }
}

extension WebhookSecrets {
    /// Those of a configuration.
    init(_ whatsApp: Configuration.WhatsApp) {
        self.init(
            app: whatsApp.appSecret, previous: whatsApp.previousAppSecret, verifyToken: whatsApp.verifyToken)
    }
}
