import Basics
package import HTTP
package import Telemetry

extension HTTPRouter {
    /// The routes by which a process of the service is watched, whatever it does.
    package mutating func addWatchRoutes(metrics: MetricsRegistry) {
        get("/health/live", "Whether the process answers; a supervisor restarts it when it does not.") { _ in
            .json(["status": "alive"])
        }
        get("/metrics", "Every metric, in the text format of Prometheus.") { _ in
            .text(metrics.exposition(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}
