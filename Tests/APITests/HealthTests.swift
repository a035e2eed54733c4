import Basics
import HTTP
import HTTPTestSupport
import Loop
import Postgres
import PostgresTestSupport
import Telemetry
import Testing

@testable import API

@Suite struct HealthTests {
    @Test("With its database the service is healthy, in the specification's form", arguments: HTTPTestMode.allCases)
    func healthy(mode: HTTPTestMode) async throws {
        try await withDatabase { options, _ in
            try await TestedService.run(mode, database: options) { service in
                let response = try await service.client.get("/health")
                let health = try response.json()
                #expect(response.status == .ok && response.headers["Content-Type"] == "application/json")
                #expect(names(health) == ["status", "checks", "timestamp"] && health["status"] == "healthy")
                let database = try #require(health["checks"]?["database"])
                #expect(names(database) == ["status", "responseTime", "timestamp"] && database["status"] == "healthy")
                for moment in [health["timestamp"], database["timestamp"]] {
                    #expect(moment?.text.flatMap { Timestamp(rfc3339: $0) } != nil)
                }
                let ready = try await service.client.get("/health/ready")
                #expect(ready.status == .ok && ready.text == #"{"status":"ready","reason":null}"#)
                #expect(try await service.metrics("parlor_database_up") == ["parlor_database_up 1"])
            }
        }
    }

    private func names(_ json: JSON) -> [String] {
        if case .object(let members) = json { members.map(\.name) } else { [] }
    }

    @Test("Without its database the service is alive, not healthy and not ready", arguments: HTTPTestMode.allCases)
    func nobodyThere(mode: HTTPTestMode) async throws {
        try await TestedService.run(mode) { service in
            let reason: JSON =
                "no connection to PostgreSQL at /tmp/parlor-nowhere/.s.PGSQL.5432: no such file or directory"
            let response = try await service.client.get("/health")
            let health = try response.json()
            #expect(response.status == .serviceUnavailable && health["status"] == "unhealthy")
            #expect(health["checks"]?["database"]?["status"] == "unhealthy")
            #expect(health["checks"]?["database"]?["error"] == reason)
            let ready = try await service.client.get("/health/ready")
            #expect(ready.status == .serviceUnavailable)
            #expect(try ready.json() == ["status": "not_ready", "reason": reason])
            let live = try await service.client.get("/health/live")
            #expect(live.status == .ok && live.text == #"{"status":"alive"}"#)
            #expect(try await service.metrics("parlor_database_up") == ["parlor_database_up 0"])
        }
    }

    @Test("A database that does not let the service in is named with its reason, without password and SQL")
    func refused() async throws {
        try await withDatabase { options, loop in
            var wrongPassword = options
            wrongPassword.password = Secret("hunter2-hunter2")
            var missing = options
            missing.database = "nowhere"
            for (options, reason) in [
                (wrongPassword, "password authentication failed for user \"\(options.user)\""),
                (missing, "database \"nowhere\" does not exist"),
            ] {
                try await TestedService.run(.port, database: options) { service in
                    for path in ["/health", "/health/ready"] {
                        let response = try await service.client.get(path)
                        #expect(response.status == .serviceUnavailable)
                        #expect(response.text.contains(reason.replacing("\"", with: "\\\"")))
                        #expect(!response.text.contains("hunter2") && !response.text.contains("SELECT"))
                    }
                    #expect(!"\(try service.lines())".contains("hunter2"))
                }
            }
        }
    }

    @Test("The text for Prometheus has its type, and tells about the process too", arguments: HTTPTestMode.allCases)
    func metrics(mode: HTTPTestMode) async throws {
        try await TestedService.run(mode) { service in
            let response = try await service.client.get("/metrics")
            #expect(response.status == .ok)
            #expect(response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(response.text.hasSuffix("\n"))
            #expect(response.text.contains("\n# TYPE parlor_database_response_seconds histogram\n"))
            #expect(response.text.contains("\nprocess_resident_memory_bytes "))
        }
    }

    // MARK: - Asking the database

    /// Routes over a database whose answers are good for so long.
    private func withRoutes(
        _ mode: HTTPTestMode, goodFor: Duration,
        _ body: @escaping @Sendable (HTTPTestClient, ConnectionOptions) async throws -> Void
    ) async throws {
        try await withDatabase { options, loop in
            let metrics = MetricsRegistry()
            var named = options
            named.applicationName = "parlor service"
            let database = DatabaseHealth(named, goodFor: goodFor, metrics: metrics, on: loop)
            var router = HTTPRouter()
            router.addHealthRoutes(database: database, metrics: metrics)
            try await TestedService.run(mode, router, on: loop) { try await body($0, options) }
            await database.close()
        }
    }

    private let count = "parlor_database_response_seconds_count"

    @Test("Many who ask are answered with one question over one connection", arguments: HTTPTestMode.allCases)
    func shared(mode: HTTPTestMode) async throws {
        try await withRoutes(mode, goodFor: .seconds(3600)) { client, options in
            let moments = try await withThrowingTaskGroup(of: JSON?.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await client.get("/health").json()["checks"]?["database"]?["timestamp"] }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(moments.count == 1 && moments.first != .some(nil))
            #expect(try await client.get("/health/ready").status == .ok)
            #expect(try await client.metrics(count) == ["\(count) 1"])
            try await EventLoop.onThread { loop in
                let observer = try await PostgresSession.connect(options, on: loop)
                let sessions = try await observer.query(
                    """
                    SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'parlor service'
                    """)
                #expect(sessions.count == 1)
                observer.close()
            }
        }
    }

    @Test("An answer that is no longer good is asked for anew")
    func anew() async throws {
        try await withRoutes(.handler, goodFor: .zero) { client, _ in
            for asked in 1...3 {
                let status = try await client.get("/health").status
                #expect(status == .ok)
                #expect(try await client.metrics(count) == ["\(count) \(asked)"])
            }
        }
    }

    @Test("All who ask while an answer is awaited share it, and it is counted once")
    func meanwhile() async throws {
        try await withDatabase { options, loop in
            let metrics = MetricsRegistry()
            let database = DatabaseHealth(options, goodFor: .zero, metrics: metrics, on: loop)
            let answers = await withTaskGroup(of: ComponentHealth.self) { group in
                for _ in 0..<50 { group.addTask { await database.check() } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 50 && answers.allSatisfy { $0 == answers[0] && $0.isHealthy })
            #expect(metrics.exposition().contains("\n\(count) 1\n"))
            await database.close()
        }
    }

    @Test("A server that ended the connection is asked over a new one, and nobody hears of it")
    func reconnected() async throws {
        try await withRoutes(.handler, goodFor: .zero) { client, options in
            #expect(try await client.get("/health").status == .ok)
            try await EventLoop.onThread { loop in
                let other = try await PostgresSession.connect(options, on: loop)
                try await other.query(
                    """
                    SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                    """)
                other.close()
            }
            #expect(try await client.get("/health").status == .ok)
        }
    }

    @Test("A component's health has the form of the specification, with milliseconds to two places")
    func component() {
        var health = ComponentHealth(
            error: nil, responseTime: .microseconds(12_345), timestamp: Timestamp(seconds: 1_772_357_400))
        #expect(
            health.json.compact
                == #"{"status":"healthy","responseTime":12.35,"timestamp":"2026-03-01T09:30:00.000Z"}"#)
        health.error = "no answer"
        #expect(
            health.json.compact == """
                {"status":"unhealthy","responseTime":12.35,"error":"no answer","timestamp":"2026-03-01T09:30:00.000Z"}
                """)
    }
}
