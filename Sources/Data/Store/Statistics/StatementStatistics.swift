import Basics
package import Postgres
import Synchronization
package import Telemetry

/// How long each statement takes, how many rows it has, how it fails, and which ones are slow, by name and without values.
///
/// Invariants: nothing of a statement but its name reaches a metric or the log, and of its plan no value. A run that is
/// not slow costs two looks at the clock, a locked histogram and an atomic counter; the rest happens to slow ones only,
/// and their plans are asked for elsewhere (`StatementExplainer`), at most one at a time.
package final class StatementStatistics: Sendable {
    private let seconds: MetricFamily<Histogram>
    private let rows: MetricFamily<Counter>
    private let errors: MetricFamily<Counter>
    private let slow: MetricFamily<Counter>
    private let logger: Logger
    private let limits: SlowStatementLimits
    private let explainer: StatementExplainer?
    private let sampler: Mutex<SlowStatementSampler>

    /// Bounds in seconds for statements, from 100 µs to 10 s.
    package static let bounds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10,
    ]

    /// Declares the metrics; without an explainer slow statements are logged without their plans.
    package init(
        registry: MetricsRegistry, logger: Logger, _ limits: SlowStatementLimits = SlowStatementLimits(),
        explainer: StatementExplainer? = nil
    ) {
        let most = limits.statementsMax
        seconds = registry.histogram(
            "parlor_statement_seconds", "How long statements took, until their last row.", labels: ["statement"],
            bounds: Self.bounds, limit: most)
        rows = registry.counter(
            "parlor_statement_rows_total", "Rows that statements returned or changed.", labels: ["statement"],
            limit: most)
        errors = registry.counter(
            "parlor_statement_errors_total",
            "Statements that failed, by the class of the SQLSTATE or by what else was wrong.",
            labels: ["statement", "class"], limit: most * 4)
        slow = registry.counter(
            "parlor_statement_slow_total", "Statements that took longer than the threshold of the slow-query log.",
            labels: ["statement"], limit: most)
        self.logger = logger
        self.limits = limits
        self.explainer = explainer
        sampler = Mutex(SlowStatementSampler(limits))
    }

    /// What measures one statement. Keep it with the statement: looking it up costs more than measuring.
    package func meter(for statement: MeasuredStatement) -> StatementMeter {
        StatementMeter(
            statement, of: self, seconds: seconds.with(statement.name), rows: rows.with(statement.name),
            threshold: limits.threshold)
    }

    func countError(_ statement: MeasuredStatement, _ error: any Error) {
        errors.with(statement.name, Self.errorClass(error)).increment()
    }

    /// The class of the SQLSTATE when the server said one, else a word.
    static func errorClass(_ error: any Error) -> String {
        guard let error = error as? PostgresError else { return error is CancellationError ? "cancelled" : "other" }
        if let state = error.sqlState { return state.errorClass }
        return error.explained.code.name
    }

    /// Takes note of a run that was slow, whether it succeeded or failed.
    func noteSlow(_ statement: MeasuredStatement, took duration: Duration, rows: Int?) {
        slow.with(statement.name).increment()
        let decision = sampler.withLock { sampler in
            sampler.decide(statement.name, took: duration, now: .now, chance: .random(in: 0..<1))
        }
        guard case .log(let suppressed, let wantsPlan) = decision else { return }
        logger.warning(
            "a statement was slow",
            [
                .statement: statement.name, .duration: duration, .limit: limits.threshold, .rows: rows,
                .suppressed: suppressed,
            ])
        if wantsPlan { explainer?.explain(statement, logger) }
    }
}

/// Measures one statement.
package struct StatementMeter: Sendable {
    /// The statement.
    package let statement: MeasuredStatement
    private let statistics: StatementStatistics
    private let seconds: Histogram
    private let rows: Counter
    private let threshold: Duration

    init(
        _ statement: MeasuredStatement, of statistics: StatementStatistics, seconds: Histogram, rows: Counter,
        threshold: Duration
    ) {
        self.statement = statement
        self.statistics = statistics
        self.seconds = seconds
        self.rows = rows
        self.threshold = threshold
    }

    /// Runs the statement, which `body` sends, and takes note of it; throws what `body` throws.
    package func measure(_ body: () async throws -> PostgresRows) async throws -> PostgresRows {
        let start = ContinuousClock.now
        do {
            let rows = try await body()
            record(.now - start, rows: rows.affected)
            return rows
        } catch {
            record(.now - start, error: error)
            throw error
        }
    }

    /// Takes note of a run that succeeded.
    package func record(_ duration: Duration, rows count: Int) {
        seconds.observe(duration)
        rows.increment(by: count)
        if duration >= threshold { statistics.noteSlow(statement, took: duration, rows: count) }
    }

    /// Takes note of a run that failed.
    package func record(_ duration: Duration, error: any Error) {
        seconds.observe(duration)
        statistics.countError(statement, error)
        if duration >= threshold { statistics.noteSlow(statement, took: duration, rows: nil) }
    }
}
