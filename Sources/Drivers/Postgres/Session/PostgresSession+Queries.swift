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

    private func call(
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

    /// Runs one statement in a transaction of its own and tells, beside its rows, a place in the write-ahead log behind
    /// its commit: a standby that has replayed up to there shows what the statement did. Asking costs no way to the
    /// server. The place is nil where the server could not be asked any more, or writes no log because it is a standby.
    public func commit(
        _ sql: String, parameters: PostgresParameters, context: StatementContext? = nil, within limit: Duration? = nil
    ) async throws -> (rows: PostgresRows, position: PostgresWALPosition?) {
        let call = try call(sql, parameters, context, .own)
        let limit = limit ?? sessionOptions.statementTimeout
        let answer = LoopWait<PostgresRows>()
        let question = Self.positionQuestion
        question.onOutcome = { answer.deliver($0) }
        let rows = try await run(call, followedBy: question, within: limit)
        // What was sent again was committed behind the answer.
        let told =
            call.sendings > 1 ? try? await run(Self.positionQuestion, within: limit) : try? await answer.value(on: loop)
        return (rows, told.flatMap { try? $0.only[0] })
    }

    /// Where the write-ahead log ends now; nil on a standby.
    public func walPosition(within limit: Duration? = nil) async -> PostgresWALPosition? {
        try? await run(Self.positionQuestion, within: limit ?? sessionOptions.statementTimeout).only[0]
    }

    /// How far a standby has replayed the write-ahead log; nil on a primary.
    public func replayPosition(within limit: Duration? = nil) async -> PostgresWALPosition? {
        let question = StatementCall("SELECT pg_last_wal_replay_lsn()", PostgresParameters(), fate: .own)
        return try? await run(question, within: limit ?? sessionOptions.statementTimeout).only[0]
    }

    private static var positionQuestion: StatementCall {
        StatementCall("SELECT pg_current_wal_insert_lsn()", PostgresParameters(), fate: .own)
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
            scheduleTick()
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
