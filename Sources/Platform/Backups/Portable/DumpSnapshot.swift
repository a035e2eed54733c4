import Basics
import Postgres

/// What a dump holds, as one moment of the database that stays visible as long as its transaction is open.
struct DumpSnapshot: Sendable {
    /// By which pg_dump takes part in it.
    var identifier: String
    /// The server's version, like `15.8`.
    var serverVersion: String
    /// Where the log was.
    var position: String
    /// The timeline of that position.
    var timeline: Int
    /// The rows of each table, in the order of the tables' names.
    var tables: [PortableEntry.Table]

    /// Takes it in the transaction that is open, which must be a repeatable read.
    static func take(in session: PostgresSession) async throws -> DumpSnapshot {
        // As pg_dump does it: an error is better than the rows that a policy lets through, and while pg_dump works the
        // transaction does nothing.
        try await session.query(
            """
            SELECT set_config('row_security', 'off', true), set_config('statement_timeout', '0', true),
                set_config('lock_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)
            """)
        let facts = try await session.query(
            """
            SELECT pg_export_snapshot() AS snapshot, current_setting('server_version') AS version,
                CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text
                    AS position,
                CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
                    -- The name of a file of the log begins with its timeline.
                    ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer END AS timeline
            """
        ).only
        return DumpSnapshot(
            identifier: try facts["snapshot"], serverVersion: try facts["version"], position: try facts["position"],
            timeline: Int(try facts["timeline", as: Int32.self]), tables: try await count(in: session))
    }

    /// Every table that holds rows itself, also the parts of partitioned ones.
    private static func count(in session: PostgresSession) async throws -> [PortableEntry.Table] {
        let names = try await session.query(
            """
            SELECT n.nspname::text AS schema, c.relname::text AS name
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence <> 't'
                AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
            ORDER BY 1, 2
            """)
        var tables: [PortableEntry.Table] = []
        for row in names {
            let schema: String = try row["schema"]
            let name: String = try row["name"]
            let counted = try await session.query(
                "SELECT count(*) AS rows FROM \(quoteIdentifier(schema)).\(quoteIdentifier(name))")
            let rows: Int64 = try counted.only["rows"]
            tables.append(.init(schema: schema, name: name, rows: Int(rows)))
        }
        return tables
    }
}
