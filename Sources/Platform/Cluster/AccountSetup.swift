package import Basics
package import Loop
package import Postgres

/// A role that signs in with a password. Doing it again changes nothing.
package struct AccountSetup: Sendable {
    private let role: String
    private let password: Secret
    private let attributes: String

    /// A role with its password and with attributes in SQL's words.
    package init(_ role: String, _ password: Secret, _ attributes: String) {
        self.role = role
        self.password = password
        self.attributes = attributes
    }

    /// Makes it so, as the superuser of `session`, who signs in with `options`.
    ///
    /// The password travels as a verifier, and the statement stays out of the server's log and statistics.
    package func apply(on session: PostgresSession, _ options: ConnectionOptions, _ loop: EventLoop) async throws {
        let isThere = try await !session.query("SELECT 1 FROM pg_roles WHERE rolname = $1", role).isEmpty
        if isThere, try await canSignIn(options, loop) { return }
        let verifier = try session.passwordVerifier(password, user: role)
        let change = isThere ? "ALTER" : "CREATE"
        // A script is logged as a whole, before it runs or after it for having been slow; so what silences the log goes
        // ahead by itself, and comes back by itself.
        try await session.execute(
            """
            SET log_statement = 'none';
            SET log_min_duration_statement = -1;
            SET log_min_error_statement = 'panic';
            SET pg_stat_statements.track = 'none'
            """)
        try await session.execute(
            """
            \(change) ROLE \(quoteIdentifier(role)) LOGIN \(attributes)
            PASSWORD \(quoteLiteral(verifier.reveal()))
            """)
        try await session.execute("RESET ALL")
    }

    private func canSignIn(_ superuser: ConnectionOptions, _ loop: EventLoop) async throws -> Bool {
        var options = superuser
        options.user = role
        options.password = password
        // The maintenance database lets every role in; a refusal is about the password, anything else fails again
        // above.
        guard let connection = try? await PostgresSession.connect(options, on: loop) else { return false }
        connection.close()
        return true
    }
}
