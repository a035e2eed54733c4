import Basics
import HTTP
import Loop
import SystemTestSupport
import Testing

/// What the service of a running system answers.
@Suite struct HealthTests {
    @Test("Health names the database, its response time and the moment of the look")
    func health() async throws {
        try await SharedSystem.with { system in
            let response = try await system.get("/health")
            #expect(response.status == .ok)
            #expect(response.headers["Content-Type"] == "application/json")
            let json = try response.json()
            #expect(json.names == ["status", "checks", "timestamp"])
            #expect(json["status"] == "healthy")
            let database = try #require(json["checks"]?["database"])
            #expect(database.names == ["status", "responseTime", "timestamp"])
            #expect(database["status"] == "healthy")
            for moment in [json["timestamp"], database["timestamp"]] {
                #expect(moment?.text.flatMap { Timestamp(rfc3339: $0) } != nil)
            }
            switch database["responseTime"] {
            case .number(let milliseconds): #expect(milliseconds > 0 && milliseconds < 2000)
            case .integer(let milliseconds): #expect(milliseconds < 2000)
            default: Issue.record("the response time is no number")
            }
        }
    }

    @Test("The service is alive and ready")
    func liveAndReady() async throws {
        try await SharedSystem.with { system in
            let live = try await system.get("/health/live")
            #expect(live.status == .ok)
            #expect(try live.json()["status"] == "alive")
            let ready = try await system.get("/health/ready")
            #expect(ready.status == .ok)
            #expect(try ready.json()["status"] == "ready")
        }
    }

    @Test("What is not there is answered with 404, and a wrong method with 405")
    func unknown() async throws {
        try await SharedSystem.with { system in
            #expect(try await system.get("/nothing").status == .notFound)
            let port = try await system.status().port("service")
            let posted = try await HTTPClient(on: system.loop).post(
                "/health", [:], at: .tcp(host: "127.0.0.1", port: port), within: .seconds(10))
            #expect(posted.status == .methodNotAllowed)
        }
    }

    @Test("The metrics are in the text format of Prometheus and count what was asked")
    func metrics() async throws {
        try await SharedSystem.with { system in
            _ = try await system.get("/health/live")
            let response = try await system.get("/metrics")
            #expect(response.status == .ok)
            #expect(response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            let exposition = try ExpositionText(response.text)
            let live = #"parlor_http_requests_total{method="GET",route="/health/live",status="200"}"#
            #expect(try #require(exposition.samples[live]) >= 1)
            #expect(exposition.kinds["parlor_http_request_duration_seconds"] == "histogram")
            #expect(exposition.samples["parlor_database_up"] != nil)
            #expect(try #require(exposition.samples["process_resident_memory_bytes"]) > 1e6)
        }
    }
}

/// A strict reading of the text format: every sample belongs to a family that was declared before.
private struct ExpositionText {
    var kinds: [String: String] = [:]
    var samples: [String: Double] = [:]

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Failure("the last line has no end") }
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            if words.count == 4, words[0] == "#", words[1] == "TYPE" {
                kinds[String(words[2])] = String(words[3])
            } else if !(words.count == 4 && words[0] == "#" && words[1] == "HELP") {
                try take(line)
            }
        }
    }

    private mutating func take(_ line: Substring) throws {
        guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
            throw Failure("this is no sample: \(line)")
        }
        let series = String(line[..<space])
        let name = String(series.prefix { $0 != "{" })
        let family = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) }
        guard kinds[name] != nil || kinds[family ?? ""] == "histogram" else {
            throw Failure("\(name) was not declared")
        }
        guard samples.updateValue(value, forKey: series) == nil else { throw Failure("\(series) stands there twice") }
    }
}
