import Basics
import HTTP
import HTTPTestSupport
import Telemetry
import Testing

@testable import API

@Suite struct RequestRecordingTests {
    @Test(
        "A client's request id is kept",
        arguments: HTTPTestMode.allCases, ["a", "order-4711", "01J9Z:a_b.c+/=", String(repeating: "x", count: 128)])
    func keptIdentifier(mode: HTTPTestMode, identifier: String) async throws {
        try await TestedService.run(mode) { service in
            for path in ["/health/live", "/nowhere"] {
                let response = try await service.client.get(path, headers: ["X-Request-Id": identifier])
                #expect(response.headers["X-Request-Id"] == identifier)
            }
        }
    }

    @Test(
        "A request without an id that can be used gets a new one",
        arguments: HTTPTestMode.allCases, [nil, "a b", "<script>", "a\"b", String(repeating: "x", count: 129)])
    func newIdentifier(mode: HTTPTestMode, given: String?) async throws {
        try await TestedService.run(mode) { service in
            var made: Set<String> = []
            for _ in 0..<3 {
                var headers = HTTPHeaders()
                if let given { headers["X-Request-Id"] = given }
                let identifier =
                    try await service.client.get("/nowhere", headers: headers).headers["X-Request-Id"] ?? ""
                #expect(identifier.count == 32 && identifier.allSatisfy(\.isHexDigit))
                made.insert(identifier)
            }
            #expect(made.count == 3)
        }
    }

    @Test("A log line is JSON with the request's id, its trace, and how it went", arguments: HTTPTestMode.allCases)
    func logLine(mode: HTTPTestMode) async throws {
        try await TestedService.run(mode) { service in
            _ = try await service.client.send(
                .post, "/nowhere?phone=4711",
                headers: [
                    "X-Request-Id": "order-4711",
                    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                ])
            let lines = try service.lines()
            let line = try #require(lines.first)
            guard case .object(let members) = line else { return }
            #expect(lines.count == 1)
            #expect(
                members.map(\.name) == [
                    "time", "level", "message", "label", "request_id", "trace_id", "span_id", "method", "route",
                    "status",
                    "duration_ms",
                ])
            #expect(line["level"] == "info" && line["message"] == "request answered" && line["label"] == "service")
            #expect(line["request_id"] == "order-4711" && line["trace_id"] == "0af7651916cd43dd8448eb211c80319c")
            #expect(line["span_id"]?.text?.count == 16 && line["span_id"] != "b7ad6b7169203331")
            #expect(line["method"] == "POST" && line["route"] == "none" && line["status"] == 404)
            #expect(!line.compact.contains("phone"), "what stands in a path may be personal data")
        }
    }

    @Test(
        "A request without a trace that can be used begins one",
        arguments: [
            "", "00-0af7651916cd43dd8448eb211c80319c", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        ])
    func newTrace(given: String) async throws {
        try await TestedService.run(.handler) { service in
            for _ in 0..<2 { _ = try await service.client.get("/nowhere", headers: ["traceparent": given]) }
            let traces = try service.lines().compactMap { $0["trace_id"]?.text }
            #expect(Set(traces).count == 2 && traces.allSatisfy { $0.count == 32 })
        }
    }

    @Test("Who watches the service costs no line, unless the answer is bad", arguments: HTTPTestMode.allCases)
    func routine(mode: HTTPTestMode) async throws {
        try await TestedService.run(mode) { service in
            _ = try await service.client.get("/health/live")
            _ = try await service.client.get("/metrics")
            _ = try await service.client.send(.head, "/health/live")
            #expect(service.log.records.isEmpty)
            _ = try await service.client.get("/health")
            #expect(service.log.records.map(\.level) == [.warning])
            #expect(try service.lines().first?["status"] == 503)
        }
        try await TestedService.run(mode, level: .debug) { service in
            _ = try await service.client.get("/health/live")
            #expect(service.log.records.map(\.level) == [.debug])
        }
    }

    @Test("What clients make up becomes one series, not many", arguments: [HTTPTestMode.handler, .port])
    func boundedLabels(mode: HTTPTestMode) async throws {
        try await TestedService.run(mode) { service in
            for number in 0..<250 { _ = try await service.client.get("/nowhere/\(number)?page=\(number)") }
            for number in 0..<50 { _ = try await service.client.send(HTTPMethod(rawValue: "MADE\(number)"), "/health") }
            _ = try await service.client.get("/health/live?since=1")
            _ = try await service.client.get("/health/live?since=2")
            #expect(
                try await service.metrics("parlor_http_requests_total") == [
                    #"parlor_http_requests_total{method="GET",route="/health/live",status="200"} 2"#,
                    #"parlor_http_requests_total{method="GET",route="none",status="404"} 250"#,
                    #"parlor_http_requests_total{method="other",route="none",status="405"} 50"#,
                ])
            #expect(
                try await service.metrics("parlor_http_request_duration_seconds_count") == [
                    #"parlor_http_request_duration_seconds_count{route="/health/live"} 2"#,
                    #"parlor_http_request_duration_seconds_count{route="/metrics"} 1"#,
                    #"parlor_http_request_duration_seconds_count{route="none"} 300"#,
                ])
            #expect(try await service.metrics("parlor_metrics_label_overflow_total") == [])
        }
    }

    @Test("HEAD is answered like GET, without the body, and counted as HEAD", arguments: HTTPTestMode.allCases)
    func head(mode: HTTPTestMode) async throws {
        try await TestedService.run(mode) { service in
            for path in ["/health/live", "/health", "/metrics"] {
                let get = try await service.client.get(path)
                let head = try await service.client.send(.head, path)
                #expect(head.status == get.status && head.body.isEmpty)
                #expect(head.headers["Content-Type"] == get.headers["Content-Type"])
            }
            let series = #"parlor_http_requests_total{method="HEAD",route="/health/live",status="200"} 1"#
            #expect(try await service.metrics("parlor_http_requests_total").contains(series))
        }
    }

    @Test("A wrong method is told which ones are right", arguments: HTTPTestMode.allCases)
    func wrongMethod(mode: HTTPTestMode) async throws {
        try await TestedService.run(mode) { service in
            for method in [HTTPMethod.post, .delete, .options] {
                let response = try await service.client.send(method, "/health", body: method == .post ? "{}" : "")
                #expect(response.status == .methodNotAllowed && response.headers["Allow"] == "GET, HEAD")
                #expect(response.headers["Content-Type"] == "application/problem+json")
            }
        }
    }

    @Test("Every answer forbids guessing its type and keeping it", arguments: HTTPTestMode.allCases)
    func headers(mode: HTTPTestMode) async throws {
        try await TestedService.run(mode) { service in
            for path in ["/health/live", "/metrics", "/health", "/nowhere"] {
                let headers = try await service.client.get(path).headers
                #expect(headers["X-Content-Type-Options"] == "nosniff" && headers["Cache-Control"] == "no-store")
            }
        }
    }
}
