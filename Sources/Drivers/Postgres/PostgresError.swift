public import Basics

/// What went wrong between Parlor and PostgreSQL.
///
/// `description` holds no value of any row and no SQL: a condition, a SQLSTATE and names of tables, columns and
/// constraints. The server's own sentences and the statement stand in `debugDescription` only. A failed connection is
/// described with role, address and database, which operators need.
public struct PostgresError: ExplainedError, Sendable {
    /// The kinds of failure that a caller may want to tell apart.
    public enum Kind: Hashable, Sendable {
        /// Nobody answered at the address.
        case unreachable
        /// The server starts or recovers, and will admit connections soon.
        case startingUp
        /// The server answered and does not admit this connection.
        case refused
        /// The connection ended while it was used, or before.
        case lost
        /// The server answered a statement with an error.
        case statement
        /// A statement took longer than it was given.
        case overdue
        /// The connection ended while a commit was on its way: the transaction took effect, or it did not.
        case outcomeUnknown
        /// More is asked for than may wait: nothing was done.
        case crowded
        /// The caller asked for something that cannot be had, like a column that is not there.
        case unusable
    }

    /// Which of the kinds.
    public let kind: Kind
    /// PostgreSQL's code, when the server said something.
    public let sqlState: SQLState?
    /// What the server said, when it did so in full.
    public let report: ServerReport?
    /// Whether the same may succeed when it is tried again a little later. A statement outside a transaction whose
    /// connection was lost may have taken effect all the same.
    public let isTransient: Bool
    /// The error for people.
    public let explained: ParlorError

    init(
        _ kind: Kind, _ explained: ParlorError, isTransient: Bool, sqlState: SQLState? = nil,
        report: ServerReport? = nil
    ) {
        self.kind = kind
        self.explained = explained
        self.isTransient = isTransient
        self.sqlState = sqlState
        self.report = report
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Safe to show anybody.
    public var description: String { explained.description }

    /// Everything that is known.
    public var debugDescription: String { explained.debugDescription }
}

extension PostgresError {
    /// The server's answer to a statement.
    static func answered(_ report: ServerReport, to sql: String) -> PostgresError {
        let ended = report.endsConnection
        let explained = ParlorError(
            ended ? .connection : .database,
            ended
                ? "PostgreSQL ended the connection with \(report.sqlState)"
                : "PostgreSQL answered with \(report.sqlState)",
            why: report.objects, hint: hint(for: report.sqlState), detail: "\(report.debugDescription)\nSQL: \(sql)")
        return PostgresError(
            ended ? .lost : .statement, explained, isTransient: report.sqlState.isTransient, sqlState: report.sqlState,
            report: report)
    }

    private static func hint(for state: SQLState) -> String? {
        switch state {
        case .serializationFailure, .deadlockDetected: "Try the transaction again."
        case .lockNotAvailable: "Try again when the other transaction has ended."
        case .adminShutdown, .crashShutdown, .idleSessionTimeout: "Connect again."
        case .insufficientPrivilege: "Grant the role what the statement needs."
        case .diskFull: "Free some space on the server's disk."
        default: nil
        }
    }

    /// The connection broke; `text` is libpq's.
    static func lost(_ address: String, _ text: String) -> PostgresError {
        // The text may begin with an error of the server, and that may hold values: only libpq's own words are safe.
        let own = text.split(separator: "\n").first { line in ownWords.contains { line.hasPrefix($0) } }
        let explained = ParlorError(
            .connection, "the connection to PostgreSQL at \(address) broke", why: own.map(String.init),
            hint: "Connect again.", detail: text)
        return PostgresError(.lost, explained, isTransient: true)
    }

    private static let ownWords = [
        "server closed the connection unexpectedly", "could not receive data from server",
        "could not send data to server",
        "SSL SYSCALL error", "SSL error",
    ]

    /// A commit that got no answer, for the reason in `cause`.
    static func outcomeUnknown(_ cause: PostgresError) -> PostgresError {
        let explained = ParlorError(
            cause.explained.code, "nobody knows whether a transaction was committed", why: cause.explained.summary,
            hint: "Connect again, and look whether it took effect before you repeat it.", cause: cause)
        return PostgresError(
            .outcomeUnknown, explained, isTransient: false, sqlState: cause.sqlState, report: cause.report)
    }

    /// The connection has been closed on this side.
    static func closed(_ address: String) -> PostgresError {
        PostgresError(
            .lost,
            ParlorError(.connection, "the connection to PostgreSQL at \(address) is closed", hint: "Connect again."),
            isTransient: true)
    }

    /// A statement took longer than `limit`; what it did is unknown unless the transaction around it is rolled back.
    static func overdue(_ limit: Duration, isClosed: Bool, sql: String) -> PostgresError {
        let explained = ParlorError(
            .timeout, "a statement took longer than \(limit.brief)",
            why: isClosed ? "it could not be called off, so the connection was closed" : "it was called off",
            hint: isClosed ? "Connect again, and look whether it took effect before you repeat it." : nil,
            detail: "SQL: \(sql)")
        return PostgresError(.overdue, explained, isTransient: false, sqlState: .queryCancelled)
    }

    /// The caller's mistake.
    static func unusable(_ what: String, why: String? = nil, hint: String? = nil, detail: String? = nil)
        -> PostgresError
    {
        PostgresError(.unusable, ParlorError(.database, what, why: why, hint: hint, detail: detail), isTransient: false)
    }
}
