import Loop

/// A place in the write-ahead log that a server can be asked for.
public enum LogPlace: String, Hashable, Sendable {
    /// Where a primary puts its next record: behind everything that was committed. On a server that is idle it may lie
    /// behind a page's header, which no standby gets before the next record.
    case inserted = "pg_current_wal_insert_lsn"
    /// How far a primary has written it: what standbys are measured by.
    case written = "pg_current_wal_lsn"
    /// How far a standby has replayed it: what it shows.
    case replayed = "pg_last_wal_replay_lsn"

    fileprivate var question: StatementCall {
        StatementCall("SELECT \(rawValue)()", PostgresParameters(), fate: .own)
    }
}

extension PostgresSession {
    /// A place in the server's log; nil when it has none of that kind, or does not answer.
    public func position(_ place: LogPlace, within limit: Duration? = nil) async -> PostgresWALPosition? {
        try? await run(place.question, within: limit ?? sessionOptions.statementTimeout).only[0]
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
        let question = LogPlace.inserted.question
        question.onOutcome = { answer.deliver($0) }
        let rows = try await run(call, followedBy: question, within: limit)
        // What was sent again was committed behind the answer.
        if call.sendings > 1 { return (rows, await position(.inserted, within: limit)) }
        let told = try? await answer.value(on: loop)
        return (rows, told.flatMap { try? $0.only[0] })
    }
}
