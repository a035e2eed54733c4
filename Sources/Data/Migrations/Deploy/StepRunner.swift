import Basics
import Loop
import Postgres

/// Runs one migration in its way, and keeps its row true at every moment.
///
/// What a kill at any moment leaves:
/// - in one transaction: an unfinished row with its mark and nothing of the migration, or all of it and a finished row;
/// - alone: an unfinished row with its mark, and a catalog that shows what became of the statement;
/// - as it stands: an unfinished row without a mark, which is P3009.
struct StepRunner {
    let connection: MigrationSession
    let settings: MigrationSettings
    let watch: BlockerWatch
    let report: (MigrationEvent) -> Void

    var session: PostgresSession { connection.session }
    var loop: EventLoop { connection.session.loop }

    /// Runs a step with the session's own settings; its row is `id`, made before when the step goes on with a run that
    /// was cut short.
    func run(_ step: DeployPlan.Step, id: String) async throws {
        switch step.way {
        case .transaction:
            try await begin(step, id, mark: .transaction)
            try await repeating(step.migration.name) {
                try await inTransaction(step.script) { try await connection.table.finish(id) }
            } failed: {
                try await fail(step, id, $0, rolledBack: true)
            }
        case .alone(let lone): try await runAlone(step, lone, id)
        case .verbatim:
            try await begin(step, id, mark: nil)
            try await runVerbatim(step, id)
        }
    }

    func begin(_ step: DeployPlan.Step, _ id: String, mark: RunMark?) async throws {
        if step.interrupted != nil {
            try await connection.table.beginAgain(id, step.migration, mark: mark)
        } else {
            try await connection.table.begin(id, step.migration, mark: mark)
        }
    }

    /// Writes down why a migration failed; a row that cannot be written stays as it was, and tells the same story.
    func fail(_ step: DeployPlan.Step, _ id: String, _ failure: StatementFailure, rolledBack: Bool) async throws {
        try? await connection.resetSettings()
        try? await connection.table.fail(id, failure.logs(of: step.migration.name))
        throw failure.explained(in: step.migration.name, rolledBack: rolledBack)
    }

    // MARK: - Locks

    /// Runs `attempt` until it got its locks or the budget is spent.
    func repeating(
        _ name: String, _ attempt: () async throws -> Void, failed: (StatementFailure) async throws -> Void,
        gaveUp: (StatementFailure) async -> Void = { _ in }
    ) async throws {
        var budget = LockBudget(settings, at: loop.now)
        while true {
            do {
                return try await watch.during(session.backendProcess, lockTimeout: settings.lockTimeout, attempt)
            } catch let failure as StatementFailure {
                guard !failure.error.isLoss else { throw failure.error }
                guard failure.isLockTrouble else { return try await failed(failure) }
                let spent = budget.spent(at: loop.now)
                guard let pause = budget.pause(at: loop.now) else {
                    let blockers = watch.seen
                    await gaveUp(failure)
                    throw ParlorError.lockBudgetSpent(name, failure, blockers, budget, spent: spent)
                }
                report(.lockRetry(attempt: budget.attempts, pause: pause, blockers: watch.seen))
                try await loop.sleep(for: pause)
            }
        }
    }

    // MARK: - In one transaction

    /// Runs statements one by one and `end` behind them, in one commit.
    func inTransaction(_ script: SQLScript, _ end: () async throws -> Void) async throws {
        do {
            try await session.transaction {
                try await session.execute("SET LOCAL lock_timeout = '\(settings.lockTimeout.milliseconds)ms'")
                for (index, statement) in script.statements.enumerated() {
                    try await observed(statement, index + 1, of: script.statements.count)
                }
                // The file may have become another role, which need not know the table.
                try await session.execute("RESET ROLE")
                try await end()
            }
        } catch let error as PostgresError {
            throw StatementFailure(statement: nil, error: error)
        }
    }

    func observed(_ statement: SQLStatement, _ position: Int, of count: Int) async throws {
        report(
            .statementBegan(headline: statement.headline, line: statement.line, position: position, of: count))
        let begin = loop.now
        do {
            try await session.execute(statement.text)
        } catch let error as PostgresError {
            throw StatementFailure(statement: statement, error: error)
        }
        report(.statementEnded(after: loop.now - begin))
    }
}

extension ParlorError {
    /// A migration gave way to others for as long as it may.
    static func lockBudgetSpent(
        _ name: String, _ failure: StatementFailure, _ blockers: [Blocker], _ budget: LockBudget, spent: Duration
    ) -> ParlorError {
        let attempts = "\(budget.attempts) \(budget.attempts == 1 ? "attempt" : "attempts")"
        let place = failure.statement.map { "line \($0.line), \($0.headline), " } ?? "it "
        let by = blockers.isEmpty ? "" : ", held by \(blockers.map(\.description).joined(separator: " and "))"
        let first = blockers.first.map { "End it with SELECT pg_terminate_backend(\($0.pid)), or deploy" } ?? "Deploy"
        return ParlorError(
            .overdue, "the migration \(name) gave way to others", code: .timeout,
            why: "\(place)did not get its locks in \(attempts) within "
                + "\(spent.brief)\(by)",
            hint: "\(first) again at a quieter time, which begins it anew; --lock-budget allows more time.",
            cause: failure.error)
    }
}
