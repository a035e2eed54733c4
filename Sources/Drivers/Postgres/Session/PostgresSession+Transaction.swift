import Basics
import CPostgres
import Loop

/// What a transaction sees of others.
public enum TransactionIsolation: String, Hashable, Sendable {
    /// Each statement sees what is committed when it begins.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed when the first one began.
    case repeatableRead = "REPEATABLE READ"
    /// As if transactions ran one after the other; those that cannot fail with `serialization_failure`.
    case serializable = "SERIALIZABLE"
}

/// What happens when the server ends a transaction because of others: `serialization_failure` or `deadlock_detected`.
public enum TransactionRetry: Hashable, Sendable {
    /// The error comes out.
    case never
    /// The block does nothing but what a rollback undoes, so it may run up to so many times.
    case repeatable(attempts: Int)
}

extension PostgresSession {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or its task is cancelled.
    ///
    /// The session must be the caller's alone. The commit itself is never called off; a cancelled task waits for its
    /// answer. When the connection ends first, or `commitLimit` passes, the error is `outcomeUnknown`, and that is
    /// never repeated.
    public func transaction<Result>(
        isolation: TransactionIsolation = .readCommitted, readOnly: Bool = false, context: StatementContext? = nil,
        retrying: TransactionRetry = .never, commitWithin commitLimit: Duration? = nil,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let begin = "BEGIN ISOLATION LEVEL \(isolation.rawValue)\(readOnly ? " READ ONLY" : "")"
        var attempt = 1
        while true {
            do {
                return try await runTransaction(begin, context, commitLimit, body)
            } catch let error as PostgresError {
                guard case .repeatable(let attempts) = retrying, attempt < attempts, error.mayBeRepeated, isOpen else {
                    throw error
                }
            }
            // Apart by chance, or the same two would meet again.
            try await loop.sleep(for: .milliseconds(Int.random(in: 0..<(4 << min(attempt, 6)))))
            attempt += 1
        }
    }

    private func runTransaction<Result>(
        _ begin: String, _ context: StatementContext?, _ commitLimit: Duration?, _ body: () async throws -> Result
    ) async throws -> Result {
        guard !isInTransaction else {
            throw PostgresError.unusable("a transaction is open already", hint: "Use a savepoint inside of it.")
        }
        guard context != nil || !sessionOptions.needsContext else {
            throw PostgresError.unusable(
                "the transaction has no context", why: "this session begins none without",
                hint: "Say for whom it works.")
        }
        transactionDepth = 1
        defer { transactionDepth = 0 }
        do {
            try await self.begin(begin, context)
            let result = try await body()
            try Task.checkCancellation()
            try await commit(within: commitLimit)
            return result
        } catch {
            await rollBack()
            throw error
        }
    }

    /// Begins, and tells the transaction its context on the same way to the server.
    private func begin(_ begin: String, _ context: StatementContext?) async throws {
        guard let context else {
            try await query(begin, fate: .own)
            return
        }
        // Nobody waits for the answer to BEGIN itself: that behind it comes when both are done.
        outbox.append(StatementCall(begin, PostgresParameters(), fate: .own))
        if let base = context.base { try await query(base, fate: .own) }
        try await query(context.sql, parameters: context.parameters, fate: .own)
        guard link.map({ PQtransactionStatus($0.handle) }) == PQTRANS_INTRANS else {
            throw PostgresError.lost(options.address, "the transaction did not begin")
        }
    }

    private func commit(within limit: Duration?) async throws {
        let answer: PostgresRows
        do {
            answer = try await conclude("COMMIT", within: limit ?? sessionOptions.statementTimeout)
        } catch let error as PostgresError where !isOpen {
            throw PostgresError.outcomeUnknown(error)
        }
        // A transaction with a failed statement in it answers a commit with a rollback, and no error.
        guard answer.command == "COMMIT" else { throw PostgresError.rolledBack }
    }

    /// A session that cannot even roll back is closed, which rolls back too.
    private func rollBack() async {
        guard isOpen else { return }
        if (try? await conclude("ROLLBACK", within: options.settlingTime)) == nil { close() }
    }

    /// Runs `body` inside of the open transaction so that it can fail alone: what it did is undone when it throws, and
    /// the transaction goes on.
    public func savepoint<Result>(_ body: () async throws -> Result) async throws -> Result {
        guard transactionDepth > 0 else {
            throw PostgresError.unusable("no transaction is open", hint: "A savepoint stands inside of one.")
        }
        let name = "parlor_savepoint_\(transactionDepth)"
        transactionDepth += 1
        defer { transactionDepth -= 1 }
        try await query("SAVEPOINT \(name)")
        do {
            let result = try await body()
            try await query("RELEASE \(name)")
            return result
        } catch {
            // Both in one go, and even for a cancelled task: the transaction's own rollback comes later.
            if isOpen, (try? await conclude("ROLLBACK TO \(name)", within: options.settlingTime)) != nil {
                _ = try? await conclude("RELEASE \(name)", within: options.settlingTime)
            }
            throw error
        }
    }
}

extension PostgresError {
    /// Whether the server says of a transaction, which it has rolled back, that it may succeed the next time.
    var mayBeRepeated: Bool {
        kind == .statement && (sqlState == .serializationFailure || sqlState == .deadlockDetected)
    }

    /// A commit was answered with a rollback.
    static let rolledBack = PostgresError(
        .statement,
        ParlorError(
            .database, "the transaction was rolled back", why: "a statement in it had failed",
            hint: "Let the error of a failed statement end the transaction."),
        isTransient: false, sqlState: .inFailedTransaction)

    /// More is asked for than may wait.
    static func crowded(_ why: String) -> PostgresError {
        PostgresError(
            .crowded,
            ParlorError(.database, "the database has more to do than it can", why: why, hint: "Try again later."),
            isTransient: true)
    }
}
