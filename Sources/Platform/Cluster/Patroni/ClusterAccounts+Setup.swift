import Basics
package import Loop
package import Postgres

extension ClusterAccounts {
    /// Makes the accounts that replicas need, on a primary that was not made by Patroni; again changes nothing.
    package func apply(on session: PostgresSession, _ options: ConnectionOptions, _ loop: EventLoop) async throws {
        try await AccountSetup(Self.replicator, replicator, "REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE")
            .apply(on: session, options, loop)
        try await AccountSetup(Self.rewinder, rewinder, "NOREPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE")
            .apply(on: session, options, loop)
        // What pg_rewind calls on the primary, as its documentation lists it.
        let name = quoteIdentifier(Self.rewinder)
        try await session.execute(
            """
            GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text, boolean, boolean) TO \(name);
            GRANT EXECUTE ON FUNCTION pg_catalog.pg_stat_file(text, boolean) TO \(name);
            GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text) TO \(name);
            GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) TO \(name);
            """)
    }
}
