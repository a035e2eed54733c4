public import Basics
import CPostgres

extension PostgresSession {
    /// Runs a script of statements, separated by semicolons, and drops their rows.
    ///
    /// Outside a transaction all of it is one, unless the script itself says otherwise. Deadline and cancelling as in
    /// `query`. It waits until what was sent before is answered, and has the session for itself.
    public func execute(_ script: String, within limit: Duration? = nil) async throws {
        try await alone(script, within: limit) { handle in
            PQsendQuery(handle, script)
        } _: { use in
            while let result = try await use.next() {
                guard result.status != PGRES_COPY_IN, result.status != PGRES_COPY_OUT else {
                    throw PostgresError.unusable(
                        "COPY cannot be run in a script", hint: "Use copyIn, copyOut or copyRows.",
                        detail: "SQL: \(script)")
                }
            }
        }
    }

    /// The SCRAM-SHA-256 verifier of a role's password, for `CREATE ROLE … PASSWORD` and `ALTER ROLE … PASSWORD`.
    ///
    /// It is made on this side, so the password itself never stands in a statement, a server's log or
    /// `pg_stat_statements`.
    public func passwordVerifier(_ password: Secret, user: String) throws -> Secret {
        guard let link else { throw end ?? PostgresError.closed(options.address) }
        guard !password.isEmpty, !password.reveal().utf8.contains(0) else {
            throw PostgresError.unusable(
                "the password of the role \(quoteIdentifier(user)) cannot be used",
                why: "it is empty or holds a zero byte")
        }
        guard let text = PQencryptPasswordConn(link.handle, password.reveal(), user, "scram-sha-256") else {
            throw PostgresError.unusable("no password verifier could be made for the role \(quoteIdentifier(user))")
        }
        defer { PQfreemem(text) }
        return Secret(String(cString: text))
    }
}
