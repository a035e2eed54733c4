import Basics
import Postgres

extension Migrator {
    /// Drops the schema with everything in it, makes it again with the same owner and rights, and deploys.
    package func reset(_ folder: MigrationFolder) async throws -> Deployed {
        try await locked { connection in
            let session = connection.session
            let name = quoteIdentifier(schema)
            let rights = try await remake(session)
            try await session.transaction {
                try await session.execute("SET LOCAL lock_timeout = '\(settings.lockTimeout.milliseconds)ms'")
                try await session.execute("DROP SCHEMA IF EXISTS \(name) CASCADE")
                try await session.execute("CREATE SCHEMA \(name)")
                for statement in rights { try await session.execute(statement) }
            }
        }
        report(.notice("the schema \(schema) is empty again"))
        return try await deploy(folder)
    }

    /// The statements that give a new schema the owner and the rights of the old one.
    private func remake(_ session: PostgresSession) async throws -> [String] {
        try await session.query(
            """
            SELECT format('ALTER SCHEMA %I OWNER TO %I', n.nspname, pg_get_userbyid(n.nspowner)), 0
            FROM pg_namespace n WHERE n.nspname = $1
            UNION ALL
            SELECT format('GRANT %s ON SCHEMA %I TO %s%s', a.privilege_type, n.nspname,
                CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), 1
            FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = $1
            ORDER BY 2
            """, schema
        ).map { try $0[0] }
    }
}
