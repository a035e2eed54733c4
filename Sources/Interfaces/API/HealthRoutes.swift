import Basics
import HTTP
import Telemetry
import Work

extension HTTPRouter {
    /// Whether one of the routes for operators is meant.
    static func tellsHealth(_ target: HTTPTarget) -> Bool {
        target.path == "/metrics" || target.path == "/health" || target.path.hasPrefix("/health/")
    }

    /// The routes through which the service tells how it is: for people, for load balancers and for Prometheus.
    mutating func addHealthRoutes(database: DatabaseHealth, metrics: MetricsRegistry) {
        get("/health", "How the service and what it depends on are.") { _ in
            let health = await database.check()
            return .json(
                [
                    "status": .string(health.isHealthy ? "healthy" : "unhealthy"),
                    "checks": ["database": health.json], "timestamp": .string(Timestamp.now().rfc3339),
                ], status: health.isHealthy ? .ok : .serviceUnavailable)
        }
        get("/health/ready", "Whether requests should be sent here; a load balancer asks.") { _ in
            let health = await database.check()
            let status: JSON = health.isHealthy ? "ready" : "not_ready"
            return .json(
                ["status": status, "reason": .string(health.error)],
                status: health.isHealthy ? .ok : .serviceUnavailable)
        }
        addWatchRoutes(metrics: metrics)
    }
}
