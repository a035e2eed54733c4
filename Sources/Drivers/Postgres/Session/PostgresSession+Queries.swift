import Basics
import Loop

extension PostgresSession {
    /// Runs one statement and gives back all of its rows, once what it did is committed.
    ///
    /// When `limit` passes, or the task is cancelled, the caller gets `PostgresError` of the kind `overdue`, or
    /// `CancellationError`, at once; a statement that was not sent yet never is, and one that the server works on is
    /// called off there. What it did outside a transaction is then unknown. Without a limit that of the session holds.
    @discardableResult
    public func query<each Value: PostgresEncodable>(
        _ sql: String, _ values: repeat each Value, context: StatementContext? = nil, fate: StatementFate = .shared,
        within limit: Duration? = nil
    ) async throws -> PostgresRows {
        let parameters = try PostgresParameters(repeat each values)
        return try await query(sql, parameters: parameters, context: context, fate: fate, within: limit)
    }

    /// The same with parameters that were put together before.
    @discardableResult
    public func query(
        _ sql: String, parameters: PostgresParameters, context: StatementContext? = nil,
        fate: StatementFate = .shared, within limit: Duration? = nil
    ) async throws -> PostgresRows {
        let call = try call(sql, parameters, context, fate)
        return try await run(call, within: limit ?? sessionOptions.statementTimeout)
    }

    func call(
        _ sql: String, _ parameters: PostgresParameters, _ context: StatementContext?, _ fate: StatementFate
    ) throws -> StatementCall {
        guard context != nil || !sessionOptions.needsContext || transactionDepth > 0 else {
            throw PostgresError.unusable(
                "the statement has no context", why: "this session sends none without",
                hint: "Give it a context, or run it in a transaction that has one.", detail: "SQL: \(sql)")
        }
        return StatementCall(sql, parameters, context: context, fate: transactionDepth > 0 ? .own : fate)
    }

    /// Sends a statement and waits for its outcome, whether it has a context or not.
    func run(
        _ call: StatementCall, followedBy follower: StatementCall? = nil, within limit: Duration?
    ) async throws -> PostgresRows {
        try Task.checkCancellation()
        let timer = limit.map { limit in
            loop.schedule(after: limit) {
                self.abandon(call, PostgresError.overdue(limit, isClosed: false, sql: call.sql))
            }
        }
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler {
            try await outcome(of: call, followedBy: follower)
        } onCancel: {
            loop.execute { self.abandon(call, CancellationError()) }
        }
    }

    /// Runs the end of a transaction, which is never called off: when `limit` passes, the connection is closed.
    func conclude(_ sql: String, within limit: Duration?) async throws -> PostgresRows {
        let call = StatementCall(sql, PostgresParameters(), fate: .own, isGuarded: true)
        let timer = limit.map { limit in
            loop.schedule(after: limit) {
                guard call.continuation != nil else { return }
                self.end(with: .overdue(limit, isClosed: true, sql: sql))
            }
        }
        defer { timer?.cancel() }
        return try await outcome(of: call)
    }

    private func outcome(of call: StatementCall, followedBy follower: StatementCall? = nil) async throws -> PostgresRows
    {
        try checkStatement(call.sql)
        guard outbox.count < sessionOptions.waitingMax else {
            throw PostgresError.crowded("\(sessionOptions.waitingMax) statements wait for a connection already")
        }
        guard call.parameters.count <= Int(UInt16.max) else {
            throw PostgresError.unusable("the statement has more than \(UInt16.max) parameters")
        }
        return try await withCheckedThrowingContinuation { continuation in
            call.continuation = continuation
            outbox.append(call)
            if let follower { outbox.append(follower) }
            if outbox.count < Self.promptMax { scheduleTick() } else { sendWaiting() }
        }
    }

    /// Lets nobody wait for a statement any more.
    private func abandon(_ call: StatementCall, _ error: any Error) {
        guard call.continuation != nil else { return }
        call.isAbandoned = true
        call.fail(error)
        guard call.isInFlight else { return }
        abandonedInFlight += 1
        callOffWhatNobodyWaitsFor()
    }
}
