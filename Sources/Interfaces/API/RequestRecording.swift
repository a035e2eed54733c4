import Basics
import HTTP
import Telemetry

/// Middleware that gives every request its identity, and writes it down when it was answered.
struct RequestRecording: Sendable {
    private static let methods: Set<HTTPMethod> = [.get, .head, .post, .put, .patch, .delete, .options]

    private let logger: Logger
    private let requests: MetricFamily<Counter>
    private let seconds: MetricFamily<Histogram>

    init(logger: Logger, metrics: MetricsRegistry) {
        self.logger = logger
        requests = metrics.counter(
            "parlor_http_requests_total", "Requests answered.", labels: ["method", "route", "status"])
        seconds = metrics.histogram(
            "parlor_http_request_duration_seconds", "Time from a request to its answer.", labels: ["route"])
    }

    func callAsFunction(_ request: HTTPRequest, _ next: HTTPServer.Handler) async -> HTTPResponse {
        let start = ContinuousClock.now
        let context = TraceContext(
            requestID: request.headers["X-Request-Id"], traceparent: request.headers["traceparent"])
        return await TraceContext.$current.withValue(context) {
            var response = await next(request)
            response.headers["X-Request-Id"] = context.requestID.description
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Cache-Control"] = response.headers["Cache-Control"] ?? "no-store"
            record(request, response, .now - start)
            return response
        }
    }

    private func record(_ request: HTTPRequest, _ response: HTTPResponse, _ duration: Duration) {
        // The pattern, not the path, and no method but the known ones: what clients make up must not become labels.
        let route = request.route?.pattern.description ?? "none"
        let method = Self.methods.contains(request.method) ? request.method.rawValue : "other"
        requests.with(method, route, "\(response.status.code)").increment()
        seconds.with(route).observe(duration.seconds)
        // Who watches the service asks every few seconds; that is worth a line only when the answer is bad.
        let isRoutine = route.hasPrefix("/health") || route == "/metrics"
        let level: LogLevel = response.status.code >= 500 ? .warning : isRoutine ? .debug : .info
        logger.log(
            level, "request answered",
            [
                .method: request.method.rawValue, .route: route, .status: response.status.code, .duration: duration,
            ])
    }
}
