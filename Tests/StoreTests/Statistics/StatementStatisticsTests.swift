import Basics
import Loop
import Postgres
import PostgresTestSupport
import Telemetry
import Testing

@testable import Store

@Suite struct StatementStatisticsTests {
    private static let named = MeasuredStatement(
        "find_guest",
        """
        WITH pause AS MATERIALIZED (SELECT pg_sleep($2) IS NULL AS is_over)
        SELECT id FROM guest, pause WHERE name = $1 AND phone <> '+49 30 000'
        """, parameterTypes: [.unspecified, .float8])

    /// A table of guests, with statistics that log to a sink.
    private func withGuests(
        _ change: (inout SlowStatementLimits) -> Void = { _ in },
        _ body:
            @escaping @Sendable (PostgresSession, StatementStatistics, MetricsRegistry, SignalSink) async throws -> Void
    ) async throws {
        var limits = SlowStatementLimits()
        change(&limits)
        try await withDatabase { [limits] options, loop in
            let session = try await PostgresSession.connect(options, on: loop)
            defer { session.close() }
            try await session.execute(
                "CREATE TABLE guest (id int PRIMARY KEY, name text, phone text);"
                    + "INSERT INTO guest SELECT n, 'Ada ' || n, '+49 30 ' || n FROM generate_series(1, 100) AS n")
            let (registry, sink) = (MetricsRegistry(), SignalSink(loop))
            let explainer = StatementExplainer(options, on: loop)
            let statistics = StatementStatistics(
                registry: registry, logger: Logger(label: "test", sink: sink), limits, explainer: explainer)
            try await body(session, statistics, registry, sink)
            await explainer.stop()
        }
    }

    @Test("A slow statement is logged with its name and its plan, and with no value of its own or of its parameters")
    func slow() async throws {
        try await withGuests {
            $0.threshold = .milliseconds(20)
        } _: { session, statistics, registry, sink in
            let meter = statistics.meter(for: Self.named)
            for _ in 0..<3 {
                let rows = try await meter.measure {
                    try await session.query(Self.named.sql, "Ada 77", 0.0298765)
                }
                #expect(rows.count == 1)
            }
            try await sink.wait(for: "the plan of a slow statement")
            #expect(sink.count("a statement was slow") == 1 && sink.count("the plan of a slow statement") == 1)
            let plan = try #require(sink.records.last?.metadata[.plan])
            guard case .string(let text) = plan else { return }
            #expect(text.hasPrefix("Nested Loop (rows ") && text.contains("Seq Scan on guest (rows "))
            #expect(text.contains("CTE Scan on pause"))
            #expect(text.contains("(phone <> ?::text)") && text.contains("(name = $1)"))
            // Nothing that a time of day or a duration could hold by chance.
            let everything = "\(sink.records)"
            for value in ["Ada", "298765", "+49"] { #expect(!everything.contains(value), "\(value)") }
            #expect(sink.records.first?.metadata[.statement] == .string("find_guest"))
            #expect(registry.exposition().contains("parlor_statement_slow_total{statement=\"find_guest\"} 3"))
        }
    }

    @Test("Time, rows and errors are counted by name, errors by the class of their SQLSTATE")
    func counted() async throws {
        try await withGuests {
            // However busy the machine is, none of these is slow.
            $0.threshold = .seconds(3600)
        } _: { session, statistics, registry, sink in
            let all = statistics.meter(for: MeasuredStatement("all_guests", "SELECT id FROM guest"))
            let insert = statistics.meter(for: MeasuredStatement("add_guest", "INSERT INTO guest VALUES ($1, $2)"))
            for _ in 0..<2 { _ = try await all.measure { try await session.query(all.statement.sql) } }
            _ = try await insert.measure { try await session.query(insert.statement.sql, 500, "Grace") }
            for number in [500, 1] {
                await #expect(throws: PostgresError.self) {
                    try await insert.measure { try await session.query(insert.statement.sql, number, "Grace") }
                }
            }
            await #expect(throws: CancellationError.self) { try await insert.measure { throw CancellationError() } }
            let text = registry.exposition()
            for line in [
                "parlor_statement_seconds_count{statement=\"all_guests\"} 2",
                "parlor_statement_rows_total{statement=\"all_guests\"} 200",
                "parlor_statement_rows_total{statement=\"add_guest\"} 1",
                "parlor_statement_seconds_count{statement=\"add_guest\"} 4",
                "parlor_statement_errors_total{statement=\"add_guest\",class=\"23\"} 2",
                "parlor_statement_errors_total{statement=\"add_guest\",class=\"cancelled\"} 1",
            ] { #expect(text.contains(line), "\(line)") }
            #expect(!text.contains("Grace") && sink.records.isEmpty)
        }
    }

    @Test("A plan that cannot be had is no trouble to anybody, and one is asked for at a time")
    func noPlan() async throws {
        try await withGuests {
            $0.threshold = .zero
        } _: { session, statistics, _, sink in
            let names: [StaticString] = ["a", "b", "c", "d", "e"]
            for name in names {
                let meter = statistics.meter(for: MeasuredStatement(name, "SELECT FROM nowhere"))
                _ = try await meter.measure { try await session.query("SELECT id FROM guest") }
            }
            #expect(sink.count("a statement was slow") == 5 && sink.count("the plan of a slow statement") == 0)
        }
    }

    @Test("An explainer whose server is gone, or that was stopped, logs nothing and stops at once")
    func gone() async throws {
        try await EventLoop.onThread { loop in
            let options = ConnectionOptions(host: "/nowhere", database: "none", user: "nobody")
            let sink = SignalSink(loop)
            let explainer = StatementExplainer(options, on: loop)
            let logger = Logger(label: "test", level: .debug, sink: sink)
            explainer.explain(Self.named, logger)
            try await sink.wait(for: "a plan could not be had")
            await explainer.stop()
            explainer.explain(Self.named, logger)
            await loop.settle()
            #expect(sink.records.count == 1 && sink.records.first?.level == .debug)
        }
    }
}
