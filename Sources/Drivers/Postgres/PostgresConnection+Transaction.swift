import Basics
import CPostgres

extension PostgresConnection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or its task is cancelled.
    ///
    /// The commit itself is never called off, since a cancelled commit can be visible and yet lost with this server;
    /// a cancelled task waits for its answer. When `commitLimit` passes first, the connection is closed and the
    /// outcome is unknown.
    public func transaction<Result>(
        commitWithin commitLimit: Duration? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        guard !isInTransaction else {
            throw PostgresError.unusable("a transaction is open already", hint: "Run the statements in that one.")
        }
        do {
            // Inside, because a BEGIN that was called off may have begun all the same.
            try await execute("BEGIN")
            let result = try await body()
            try Task.checkCancellation()
            try await commit(within: commitLimit)
            return result
        } catch {
            await rollBack()
            throw error
        }
    }

    private func commit(within limit: Duration?) async throws {
        let sql = "COMMIT"
        let results: [ServerResult]
        do {
            results = try await exchange(sql, within: limit, ending: .closing) { PQsendQuery($0, sql) }
        } catch let error as PostgresError where !isOpen {
            throw PostgresError.outcomeUnknown(error)
        }
        // A transaction with a failed statement in it answers a commit with a rollback, and no error.
        guard results.last?.command == sql else { throw PostgresError.rolledBack }
    }

    /// A connection that cannot even roll back is closed, which rolls back too.
    private func rollBack() async {
        guard isInTransaction else { return }
        do {
            let sql = "ROLLBACK"
            _ = try await exchange(sql, within: options.settlingTime, ending: .closing) { PQsendQuery($0, sql) }
        } catch {
            close()
        }
    }
}
