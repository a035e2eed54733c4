import Loop
import Postgres

/// One PostgreSQL server as the store reaches it: shared connections for single statements, a pool for transactions.
final class StoreServer: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on its loop only.
    private let lines: [SessionLine]
    private var nextLine = 0
    let pool: PostgresPool?

    init(_ options: ConnectionOptions, _ limits: StoreLimits, hasTransactions: Bool, on loop: EventLoop) {
        let sessionOptions = limits.session
        lines = (0..<max(1, limits.lines)).map { _ in SessionLine(options, sessionOptions, on: loop) }
        pool =
            hasTransactions
            ? PostgresPool(options, PoolLimits(minimum: 0, maximum: limits.transactions), sessionOptions, on: loop)
            : nil
    }

    /// A session for one statement.
    func session() async throws -> PostgresSession {
        nextLine = (nextLine + 1) % lines.count
        return try await lines[nextLine].session()
    }

    func stop(within limit: Duration) async {
        await pool?.stop(within: limit)
        for line in lines { line.close() }
    }
}

/// How many connections the store opens, and how long it waits.
package struct StoreLimits: Sendable {
    /// Connections to each server that single statements share.
    package var lines = 2
    /// Connections to the primary for transactions.
    package var transactions = 8
    /// How long a statement may take.
    package var statementTimeout = Duration.seconds(30)
    /// Whether PgBouncer stands between, so that no statement stays prepared.
    package var isBehindPooler = false
    /// How often the places in the log are asked for, while there are standbys.
    package var lagInterval = Duration.milliseconds(25)
    /// What is tried again.
    package var retries = RetryPolicy()

    /// The usual ones.
    package init() {}

    /// How a connection is used.
    var session: SessionOptions {
        SessionOptions(
            preparation: isBehindPooler ? .unnamed : .named(atMost: 256), statementTimeout: statementTimeout,
            needsContext: true)
    }
}
