import Basics
import Loop
import Postgres

extension StepRunner {
    /// Runs a file in one go, with the transactions that it begins and ends itself.
    func runVerbatim(_ step: DeployPlan.Step, _ id: String) async throws {
        try await connection.setLockTimeout(settings.lockTimeout)
        let begin = loop.now
        report(.statementBegan(headline: "the whole file", line: 1, position: 1, of: 1))
        do {
            try await watch.during(session.backendProcess, lockTimeout: settings.lockTimeout) {
                try await session.execute(step.migration.text)
            }
        } catch let error as PostgresError {
            let failure = StatementFailure(statement: nil, error: error)
            guard !error.isLoss else { throw error }
            try? await session.execute("ROLLBACK")
            return try await fail(step, id, failure, rolledBack: false)
        }
        report(.statementEnded(after: loop.now - begin))
        guard !session.isInTransaction else {
            try await session.execute("ROLLBACK")
            let error = ParlorError(
                .applyFailed, "the migration \(step.migration.name) failed",
                why: "it begins a transaction that it does not end", hint: "Add the COMMIT that is missing.")
            try await connection.table.fail(id, error.summary)
            throw error
        }
        try await connection.resetSettings()
        try await connection.table.finish(id)
    }
}
