import Basics
package import Loop
import Postgres

/// The console of a PgBouncer process, through its socket alone.
///
/// Each command has a connection of its own, made in a millisecond: a PAUSE that waits keeps no other command, and
/// nothing has to be mended after a restart of the process.
package struct PoolerAdmin: Sendable {
    /// How a pause began.
    package enum PauseOutcome: Hashable, Sendable {
        /// No transaction is open any more.
        case quiet
        /// The pause holds, and transactions that were open still are.
        case busy
    }

    private let options: ConnectionOptions
    private let loop: EventLoop

    /// The console of the process with that configuration.
    package init(_ configuration: PoolerConfiguration, on loop: EventLoop) {
        options = ConnectionOptions(
            host: configuration.socketFolder, port: configuration.port, database: "pgbouncer",
            user: configuration.administrator, sslMode: .disable, connectTimeout: .seconds(2), settlingTime: .zero)
        self.loop = loop
    }

    /// The rows that a command of the console answers with.
    func ask(
        _ command: String, within limit: Duration = .seconds(5), afterLogins isPatient: Bool = false
    ) async throws -> PostgresTextRows {
        let session = try await PostgresSession.connect(options, SessionOptions(preparation: .unnamed), on: loop)
        defer { session.close() }
        if isPatient { try await waitForLogins(session) }
        return try await session.textRows(command, within: limit)
    }

    /// Waits a little until no server connection is being made.
    private func waitForLogins(_ session: PostgresSession) async throws {
        for _ in 0..<Self.looksAtLogins {
            let answer = try await session.textRows("SHOW POOLS", within: .seconds(5))
            let isClear = try answer.rows.allSatisfy { cells in
                try ConsoleRow(columns: answer.columns, cells: cells).number("sv_login") == 0
            }
            if isClear { return }
            try await loop.sleep(for: Self.pauseBetweenLooks)
        }
    }

    private static let looksAtLogins = 50
    private static let pauseBetweenLooks = Duration.milliseconds(2)

    // MARK: - Commands

    /// Has the process read its files again; each connection to a server is closed after its transaction, for PgBouncer
    /// does so whenever it reads certificates again.
    ///
    /// PgBouncer 1.18 counts a login that it breaks off itself as one that failed, and refuses statements until another
    /// has succeeded. So nobody who has a connection gets more of them for the moment, and the logins under way come to
    /// their end first; the file puts that limit back.
    package func reload() async throws {
        // A task of its own, because one that is cancelled half way would leave the limit.
        try await Task(executorPreference: loop) {
            do {
                _ = try await ask("SET max_user_connections = 1")
                _ = try await ask("RELOAD", afterLogins: true)
            } catch {
                _ = try? await ask("SET max_user_connections = 0")
                throw error
            }
        }.value
    }

    /// Holds the statements of a database back, and waits at most `limit` until its open transactions have ended. The
    /// pause holds either way, until `resume`. At once also breaks off server connections that are being made.
    package func pause(
        _ alias: String, within limit: Duration, atOnce: Bool = false
    ) async throws -> PauseOutcome {
        do {
            _ = try await ask("PAUSE \(quoteIdentifier(alias))", within: limit, afterLogins: !atOnce)
        } catch let error as PostgresError where error.kind == .overdue {
            return .busy
        } catch let error as PostgresError where error.kind == .statement {
            guard try await isPaused(alias) else { throw error }
        }
        return .quiet
    }

    /// Lets a database go on; nothing happens when it does already.
    package func resume(_ alias: String) async throws {
        do { _ = try await ask("RESUME \(quoteIdentifier(alias))") } catch let error as PostgresError {
            guard error.kind == .statement, try await !isPaused(alias) else { throw error }
        }
    }

    private func isPaused(_ alias: String) async throws -> Bool {
        try await databases().contains { $0.alias == alias && $0.isPaused }
    }

    /// Has every server connection of a database closed as soon as it has no transaction open.
    package func reconnect(_ alias: String) async throws { _ = try await ask("RECONNECT \(quoteIdentifier(alias))") }

    /// Cuts off all clients and servers of a database at once; new ones wait for `resume`.
    package func kill(_ alias: String) async throws { _ = try await ask("KILL \(quoteIdentifier(alias))") }

    /// Ends the process at once.
    package func shutdown() async throws {
        do { _ = try await ask("SHUTDOWN") } catch let error as PostgresError where error.kind == .lost {}
    }

    /// The version, like `PgBouncer 1.18.0`.
    package func version() async throws -> String {
        try await ask("SHOW VERSION").rows.first?.first.flatMap(\.self) ?? ""
    }
}
