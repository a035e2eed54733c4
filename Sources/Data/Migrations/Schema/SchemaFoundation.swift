package import Postgres

/// What the product's migrations need and only a superuser can give: the roles with their attributes, and what belongs
/// to the whole server. Doing it again changes nothing.
package struct SchemaFoundation: Sendable {
    /// The roles that own privileges, as `schema/migrations` names them.
    package static let roles = [
        "app_user", "platform_user", "readonly_user", "monitor", "migrator", "backup_user", "replicator",
    ]
    /// The role that owns the schema.
    package static let owner = "migrator"

    /// The account of the service. It acts in the role that each of its transactions takes, and has no rights itself.
    package var account: String

    /// The foundation for a service with that account.
    package init(account: String) { self.account = account }

    /// Lays it, in the database that a superuser's session is connected to.
    package func lay(_ superuser: PostgresSession) async throws {
        for role in Self.roles where try await superuser.query("SELECT FROM pg_roles WHERE rolname = $1", role).isEmpty
        {
            try await superuser.execute("CREATE ROLE \(role) NOLOGIN")
        }
        let name = quoteIdentifier(account)
        try await superuser.execute(
            """
            \(admission(to: superuser.options.database))
            -- A correction of data by a migration has to see the rows of all salons, or it would silently change none.
            ALTER ROLE migrator BYPASSRLS;
            ALTER ROLE backup_user REPLICATION BYPASSRLS;
            ALTER ROLE replicator REPLICATION;
            GRANT pg_read_all_data TO backup_user;
            GRANT pg_monitor TO monitor;
            GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO migrator;
            ALTER SCHEMA public OWNER TO migrator;
            REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC;
            -- Comparing two enum values compares two numbers and can tell nothing. Unless the server is told so,
            -- row-level security keeps every index from answering "status = …", and reads grow with a salon's history.
            ALTER FUNCTION pg_catalog.enum_eq(anyenum, anyenum) LEAKPROOF;
            ALTER ROLE \(name) NOINHERIT;
            GRANT app_user, platform_user TO \(name);
            """)
    }

    /// Prepares for `schema/vectors/migrations` where the server has the extension for it, and says whether it has.
    package func layVectors(_ superuser: PostgresSession) async throws -> Bool {
        let available = try await superuser.query("SELECT FROM pg_available_extensions WHERE name = 'vector'")
        guard !available.isEmpty else { return false }
        try await superuser.execute(
            """
            CREATE SCHEMA IF NOT EXISTS vectors AUTHORIZATION \(Self.owner);
            CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA vectors;
            """)
        return true
    }

    /// The statements that let into a database who has business with it; not even a temporary table is for others.
    /// A database that is made from another one does not take them over.
    package func admission(to database: String) -> String {
        let database = quoteIdentifier(database)
        return """
            REVOKE ALL ON DATABASE \(database) FROM PUBLIC;
            GRANT CONNECT ON DATABASE \(database) TO \(Self.roles.joined(separator: ", ")), \(quoteIdentifier(account));
            GRANT CREATE, TEMPORARY ON DATABASE \(database) TO \(Self.owner);
            """
    }
}
