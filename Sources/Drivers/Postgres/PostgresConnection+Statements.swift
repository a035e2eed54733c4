import Basics
import CPostgres
import Loop

extension PostgresConnection {
    /// Runs one statement with its parameters and gives back all of its rows.
    ///
    /// When `limit` passes, or the task is cancelled, the statement is called off: `PostgresError` of the kind
    /// `overdue`, or `CancellationError`. What it did outside a transaction is then unknown.
    @discardableResult
    public func query(_ sql: String, _ parameters: (any SQLParameter)?..., within limit: Duration? = nil) async throws
        -> Rows
    {
        try await query(sql, parameters: parameters, within: limit)
    }

    /// The same with the parameters in an array.
    @discardableResult
    public func query(
        _ sql: String, parameters: [(any SQLParameter)?], within limit: Duration? = nil
    ) async throws -> Rows {
        let texts = try ParameterTexts(parameters)
        try Task.checkCancellation()
        let results = try await exchange(sql, within: limit) { handle in
            texts.withPointers { PQsendQueryParams(handle, sql, $0, nil, $1, nil, nil, 0) }
        }
        guard let result = results.last else {
            throw PostgresError.unusable("the server gave no result", detail: "SQL: \(sql)")
        }
        return Rows(result)
    }

    /// Runs a script of statements, separated by semicolons, and drops their rows.
    ///
    /// Outside a transaction all of it is one, unless the script itself says otherwise. Deadline and cancelling as in
    /// `query`.
    public func execute(_ script: String, within limit: Duration? = nil) async throws {
        try Task.checkCancellation()
        _ = try await exchange(script, within: limit) { PQsendQuery($0, script) }
    }

    /// How a statement may be ended before its time.
    enum Ending {
        /// The server is asked to cancel it.
        case cancelling
        /// Never on the server: when the deadline passes, the connection is closed; a cancelled task waits for the
        /// answer.
        case closing
    }

    /// Sends a statement and reads all its answers, however the wait for them ends.
    func exchange(
        _ sql: String, within limit: Duration?, ending: Ending = .cancelling, send: (OpaquePointer) -> Int32
    ) async throws -> [ServerResult] {
        let session = try openSession()
        guard !sql.utf8.contains(0) else {
            throw PostgresError.unusable("the statement holds a zero byte", why: "PostgreSQL's text cannot hold one")
        }
        guard send(session.handle) == 1 else { throw notSent(session, sql) }
        let exchange = Exchange(session, address: options.address, sql: sql)
        let interruption = Interruption(session, options, on: loop)
        let timer = limit.map { limit in
            loop.schedule(after: limit) {
                switch ending {
                case .cancelling: interruption.begin(.deadline(limit))
                case .closing: interruption.abandon(.deadline(limit))
                }
            }
        }
        defer {
            timer?.cancel()
            interruption.end()
        }
        do {
            try await finish(exchange, interruption, ending)
        } catch {
            close()
            throw interruption.error(sql: sql, isClosed: true) ?? error
        }
        if let error = interruption.error(sql: sql, isClosed: false) ?? exchange.failure { throw error }
        return exchange.results
    }

    private func finish(_ exchange: Exchange, _ interruption: Interruption, _ ending: Ending) async throws {
        do {
            try await exchange.finish()
            try await interruption.settle()
        } catch is CancellationError {
            if ending == .cancelling { interruption.begin(.cancelledTask) }
            let loan = Loan(exchange: exchange, interruption: interruption)
            // Unstructured because every wait of a cancelled task ends at once, and the answers must be read all the
            // same.
            try await Task(executorPreference: loop) {
                try await loan.exchange.finish()
                try await loan.interruption.settle()
            }.value
        }
    }

    private func notSent(_ session: Session, _ sql: String) -> PostgresError {
        let text = PQerrorMessage(session.handle).map { String(cString: $0) } ?? ""
        guard PQstatus(session.handle) != CONNECTION_BAD else {
            close()
            return .lost(options.address, text)
        }
        return .unusable("the statement could not be sent", why: ConnectionFailure(text).reason, detail: "SQL: \(sql)")
    }
}

/// Lends an exchange to another task while its owner waits for that task.
private struct Loan: @unchecked Sendable {
    // Guard of @unchecked Sendable: both tasks run on the connection's loop, and the owner does nothing meanwhile.
    let exchange: Exchange
    let interruption: Interruption
}
