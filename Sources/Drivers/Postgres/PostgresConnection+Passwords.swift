public import Basics
import CPostgres

extension PostgresConnection {
    /// The SCRAM-SHA-256 verifier of a role's password, for `CREATE ROLE … PASSWORD` and `ALTER ROLE … PASSWORD`.
    ///
    /// It is made on this side, so the password itself never stands in a statement, a server's log or
    /// `pg_stat_statements`.
    public func passwordVerifier(_ password: Secret, user: String) throws(PostgresError) -> Secret {
        let session = try openSession()
        guard !password.isEmpty, !password.reveal().utf8.contains(0) else {
            throw .unusable(
                "the password of the role \(quoteIdentifier(user)) cannot be used",
                why: "it is empty or holds a zero byte")
        }
        guard let text = PQencryptPasswordConn(session.handle, password.reveal(), user, "scram-sha-256") else {
            throw .unusable("no password verifier could be made for the role \(quoteIdentifier(user))")
        }
        defer { PQfreemem(text) }
        return Secret(String(cString: text))
    }
}
