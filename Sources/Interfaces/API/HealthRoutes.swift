import Basics
import HTTP
import Telemetry

extension HTTPRouter {
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
        get("/health/live", "Whether the process answers; a supervisor restarts it when it does not.") { _ in
            .json(["status": "alive"])
        }
        get("/health/ready", "Whether requests should be sent here; a load balancer asks.") { _ in
            let health = await database.check()
            let status: JSON = health.isHealthy ? "ready" : "not_ready"
            return .json(
                ["status": status, "reason": .string(health.error)],
                status: health.isHealthy ? .ok : .serviceUnavailable)
        }
        get("/metrics", "Every metric, in the text format of Prometheus.") { _ in
            .text(metrics.exposition(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}
