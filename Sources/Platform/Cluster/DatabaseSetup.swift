package import Basics
package import Loop
import Migrations
import Postgres

/// The role, the database and the extensions that the service needs, made where they are missing. Doing it again
/// changes nothing.
package struct DatabaseSetup: Sendable {
    /// The database.
    package var database: String
    /// The role of the service: no superuser, and not the owner of what it uses.
    package var role: String
    /// Its password.
    package var password: Secret
    /// The schema that holds the tables.
    package var schema: String

    /// What is to be there.
    package init(database: String, role: String, password: Secret, schema: String) {
        self.database = database
        self.role = role
        self.password = password
        self.schema = schema
    }

    /// Makes it so, as the superuser of `server`.
    package func apply(to server: PrivateServer, on loop: EventLoop) async throws {
        let maintenance = try await PostgresSession.connect(server.superuser(), on: loop)
        defer { maintenance.close() }
        try await ensureRole(maintenance, server, on: loop)
        if try await !exists(maintenance, "SELECT 1 FROM pg_database WHERE datname = $1", database) {
            let name = quoteIdentifier(database)
            try await maintenance.execute("CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8'")
        }
        let inside = try await PostgresSession.connect(server.superuser(to: database), on: loop)
        defer { inside.close() }
        try await inside.execute(privileges)
        try await SchemaFoundation(account: role).lay(inside)
    }

    private var privileges: String {
        let (role, schema) = (quoteIdentifier(role), quoteIdentifier(schema))
        return """
            SET client_min_messages = warning;
            CREATE SCHEMA IF NOT EXISTS \(schema);
            GRANT USAGE ON SCHEMA \(schema) TO \(role);
            CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
            """
    }

    private func exists(_ connection: PostgresSession, _ sql: String, _ name: String) async throws -> Bool {
        try await !connection.query(sql, name).isEmpty
    }

    /// The password travels as a verifier, and the statement stays out of the server's log and statistics.
    private func ensureRole(_ connection: PostgresSession, _ server: PrivateServer, on loop: EventLoop) async throws {
        let isThere = try await exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = $1", role)
        if isThere, try await canSignIn(to: server, on: loop) { return }
        let verifier = try connection.passwordVerifier(password, user: role)
        let change = isThere ? "ALTER" : "CREATE"
        // A script is logged as a whole, before it runs or after it for having been slow; so what silences the log goes
        // ahead by itself, and comes back by itself.
        try await connection.execute(
            """
            SET log_statement = 'none';
            SET log_min_duration_statement = -1;
            SET log_min_error_statement = 'panic';
            SET pg_stat_statements.track = 'none'
            """)
        try await connection.execute(
            """
            \(change) ROLE \(quoteIdentifier(role)) LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE
            PASSWORD \(quoteLiteral(verifier.reveal()))
            """)
        try await connection.execute("RESET ALL")
    }

    private func canSignIn(to server: PrivateServer, on loop: EventLoop) async throws -> Bool {
        var options = server.superuser()
        options.user = role
        options.password = password
        // The maintenance database lets every role in; a refusal is about the password, anything else fails again
        // above.
        guard let connection = try? await PostgresSession.connect(options, on: loop) else { return false }
        connection.close()
        return true
    }
}
