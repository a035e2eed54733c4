import Basics
import Loop
import Postgres

extension StepRunner {
    /// Runs a statement outside of a transaction, after a look at what the catalog shows of it already.
    func runAlone(_ step: DeployPlan.Step, _ lone: LoneStatement, _ id: String) async throws {
        let catalog = Catalog(session: session)
        let trace = try await catalog.trace(of: lone.effect)
        // A transaction that was cut short was that of another text, and has left nothing.
        var hasBegun = step.interrupted?.state == .interrupted(.alone)
        try await begin(step, id, mark: hasBegun || lone.isTraceable(trace) ? step.way.mark : nil)
        // Nobody queues behind it, so it may wait as long as the budget lasts.
        try await connection.setLockTimeout(
            lone.standsInNobodysWay ? settings.lockBudget : settings.lockTimeout)
        try await repeating(step.migration.name) {
            for action in lone.actions(try await catalog.trace(of: lone.effect), hasBegun: hasBegun) {
                // Another attempt finds what this one has made.
                if action == .run, lone.isTraceable(trace) { hasBegun = true }
                try await perform(action, lone)
            }
        } failed: { failure in
            await clean(lone, catalog)
            try await fail(step, id, failure, rolledBack: lone.leavesNothing)
        } gaveUp: { failure in
            await clean(lone, catalog)
            guard lone.effect == .unknown else { return }
            try? await connection.table.fail(id, failure.logs(of: step.migration.name))
        }
        try await connection.resetSettings()
        try await connection.table.finish(id)
    }

    private func perform(_ action: LoneAction, _ lone: LoneStatement) async throws {
        switch action {
        case .run: try await observed(lone.statement, 1, of: 1)
        case .dropIndex(let name):
            try await execute("DROP INDEX CONCURRENTLY IF EXISTS \(name)", for: lone)
            report(.indexDropped(name))
        case .finalizeDetachment:
            guard case .detached(let partition, let table) = lone.effect else { return }
            try await execute("ALTER TABLE \(table.quoted) DETACH PARTITION \(partition.quoted) FINALIZE", for: lone)
        }
    }

    private func execute(_ sql: String, for lone: LoneStatement) async throws {
        do { try await session.execute(sql) } catch let error as PostgresError {
            throw StatementFailure(statement: lone.statement, error: error)
        }
    }

    /// Drops the invalid index that a failed statement leaves: it would cost every write, and serve nobody.
    /// One that cannot be dropped now is dropped by the next deploy.
    private func clean(_ lone: LoneStatement, _ catalog: Catalog) async {
        try? await connection.setLockTimeout(settings.lockTimeout)
        guard case .leftovers(let names)? = try? await catalog.trace(of: lone.effect) else { return }
        for name in names where (try? await execute("DROP INDEX CONCURRENTLY IF EXISTS \(name)", for: lone)) != nil {
            report(.indexDropped(name))
        }
    }
}

extension LoneStatement {
    /// Whether nothing remains of it once it failed and its invalid index was dropped.
    fileprivate var leavesNothing: Bool {
        switch effect {
        case .index, .noIndex, .reindex, .database, .noDatabase, .repeatable: true
        case .detached, .unknown: false
        }
    }
}
