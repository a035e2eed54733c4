import Basics
package import Loop
package import Postgres
import Synchronization
import Telemetry

/// Asks for the plans of slow statements, on a connection of its own, one at a time, and logs them.
///
/// The server has to plan a statement without its values, since a plan for values has them in its conditions. PostgreSQL
/// 15 does that for a prepared statement under `plan_cache_mode = force_generic_plan`: it is prepared, explained with
/// NULL for each parameter, and never run. So no value leaves the process at all, and what is left of literals in the
/// statement's own text is taken out (`QueryPlan`). The plan is the generic one; for skewed data a run may have had
/// another.
///
/// Each plan has a new connection, which takes what was prepared with it; the intervals of the sampler keep that rare.
/// It wants a direct one, and the role of the statements, because row-level security is a part of the plan.
///
/// On failure: a plan that cannot be had is a debug line, and nobody waits for it. What is asked for while one is under
/// way is left out.
package final class StatementExplainer: Sendable {
    private enum State {
        case idle
        case busy(Task<Void, Never>)
        case stopped
    }

    private let connection: ConnectionOptions
    private let context: StatementContext?
    private let loop: EventLoop
    private let state = Mutex(State.idle)

    /// How long a plan may take in all, and how long it waits for a lock on a table that is being changed.
    private static let (limit, lockLimit) = (Duration.seconds(2), Duration.milliseconds(100))

    /// An explainer that connects on a loop when there is something to explain. The context gives its transactions the
    /// role of the statements; a salon that does not exist will do.
    package init(_ connection: ConnectionOptions, context: StatementContext? = nil, on loop: EventLoop) {
        var connection = connection
        connection.applicationName = "parlor explain"
        self.connection = connection
        self.context = context
        self.loop = loop
    }

    /// Explains a statement in the background, unless another one is being explained.
    func explain(_ statement: MeasuredStatement, _ logger: Logger) {
        state.withLock { state in
            guard case .idle = state else { return }
            // Unstructured because the request whose statement was slow does not wait for it; `stop` cancels it.
            state = .busy(
                Task(executorPreference: loop) {
                    await self.log(statement, logger)
                    self.state.withLock { if case .busy = $0 { $0 = .idle } }
                })
        }
    }

    /// Calls off what is under way, waits for its end, and explains nothing any more.
    package func stop() async {
        let running = state.withLock { state -> Task<Void, Never>? in
            defer { state = .stopped }
            guard case .busy(let task) = state else { return nil }
            return task
        }
        running?.cancel()
        await running?.value
    }

    private func log(_ statement: MeasuredStatement, _ logger: Logger) async {
        do {
            let plan = try await plan(of: statement)
            logger.warning("the plan of a slow statement", [.statement: statement.name, .plan: plan.description])
        } catch {
            logger.log(.debug, "a plan could not be had", error: error, [.statement: statement.name])
        }
    }

    /// The plan that the server has for a statement whatever its values are.
    func plan(of statement: MeasuredStatement) async throws -> QueryPlan {
        let options = SessionOptions(preparation: .unnamed, statementTimeout: Self.limit)
        let session = try await PostgresSession.connect(connection, options, on: loop)
        defer { session.close() }
        return try await session.transaction(readOnly: true, context: context) {
            try await session.query("SET LOCAL lock_timeout = '\(Self.lockLimit.milliseconds)ms'")
            try await session.query("SET LOCAL statement_timeout = '\(Self.limit.milliseconds)ms'")
            try await session.query("SET LOCAL plan_cache_mode = force_generic_plan")
            let types = try await Self.typeNames(statement.parameterTypes, session)
            try await session.query("PREPARE parlor_explained\(types) AS \(statement.sql)")
            let count = try await session.query(
                "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'parlor_explained'"
            ).only[0, as: Int.self]
            let nulls = count == 0 ? "" : "(\(Array(repeating: "NULL", count: count).joined(separator: ", ")))"
            let rows = try await session.query("EXPLAIN (FORMAT JSON) EXECUTE parlor_explained\(nulls)")
            return try QueryPlan(json: try rows.only[0])
        }
    }

    /// The types in parentheses as PREPARE takes them; nothing when all are left to the server.
    private static func typeNames(_ types: [PostgresType], _ session: PostgresSession) async throws -> String {
        guard !types.isEmpty else { return "" }
        let names: String = try await session.query(
            """
            SELECT string_agg(CASE WHEN oid = 0 THEN 'unknown' ELSE format_type(oid::oid, NULL) END, ', ' ORDER BY place)
            FROM unnest($1::int8[]) WITH ORDINALITY AS parameter (oid, place)
            """, types.map { Int64($0.oid) }
        ).only[0]
        return " (\(names))"
    }
}
