package import Basics
package import Loop
import Migrations
package import Postgres

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

    /// Makes it so, as the superuser whose way into a database is given.
    package func apply(as superuser: (_ database: String) -> ConnectionOptions, on loop: EventLoop) async throws {
        let maintenance = try await PostgresSession.connect(superuser("postgres"), on: loop)
        defer { maintenance.close() }
        let account = AccountSetup(role, password, "NOSUPERUSER NOCREATEDB NOCREATEROLE")
        try await account.apply(on: maintenance, superuser("postgres"), loop)
        if try await maintenance.query("SELECT 1 FROM pg_database WHERE datname = $1", database).isEmpty {
            let name = quoteIdentifier(database)
            try await maintenance.execute("CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8'")
        }
        let inside = try await PostgresSession.connect(superuser(database), on: loop)
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
}
