import Basics
import Loop
import Postgres
import Telemetry

/// What is known about something that the service depends on, as `/health` shows it.
struct ComponentHealth: Equatable, Sendable {
    /// Why it does not answer; nil when it does.
    var error: String?
    /// How long the answer, or finding out that there is none, took.
    var responseTime: Duration
    /// When that was.
    var timestamp: Timestamp

    var isHealthy: Bool { error == nil }

    /// The form of the specification's "Health Checks": the response time in milliseconds.
    var json: JSON {
        var members: [JSON.Member] = [
            .init("status", .string(isHealthy ? "healthy" : "unhealthy")),
            .init("responseTime", .number((responseTime.seconds * 100_000).rounded() / 100)),
        ]
        if let error { members.append(.init("error", .string(error))) }
        return .object(members + [.init("timestamp", .string(timestamp.rfc3339))])
    }
}

/// Looks after the database on behalf of everybody who asks: an answer is good for a moment, so that many who ask do
/// not become a load, and all who ask at once share one question.
actor DatabaseHealth {
    private static let limit = Duration.seconds(2)

    private let goodFor: Duration
    private let connection: KeptConnection
    private let loop: EventLoop
    private let up: Gauge
    private let seconds: Histogram
    private var latest: (health: ComponentHealth, at: ContinuousClock.Instant)?
    private var question: Task<ComponentHealth, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.serialExecutor.asUnownedSerialExecutor() }

    init(
        _ options: ConnectionOptions, goodFor: Duration = .milliseconds(500), metrics: MetricsRegistry,
        on loop: EventLoop
    ) {
        self.goodFor = goodFor
        self.loop = loop
        connection = KeptConnection(options, on: loop)
        up = metrics.gauge("parlor_database_up", "Whether the database answered the last time it was asked.")
        seconds = metrics.histogram("parlor_database_response_seconds", "How long the database took to answer.")
    }

    func check() async -> ComponentHealth {
        if let latest, .now - latest.at < goodFor { return latest.health }
        if let question { return await question.value }
        // Unstructured because all who ask meanwhile share it: none of them may end it for the others.
        let question = Task(executorPreference: loop) { await self.ask() }
        self.question = question
        return await question.value
    }

    private func ask() async -> ComponentHealth {
        defer { question = nil }
        let start = ContinuousClock.now
        var error: String?
        do {
            seconds.observe(try await connection.check(within: Self.limit).seconds)
        } catch let failure {
            error = ParlorError(describing: failure).summary
        }
        up.set(error == nil ? 1 : 0)
        let health = ComponentHealth(error: error, responseTime: .now - start, timestamp: .now())
        latest = (health, .now)
        return health
    }

    func close() async { await connection.close() }
}
