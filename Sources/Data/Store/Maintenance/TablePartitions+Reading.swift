import Basics
package import Postgres

extension TablePartitions {
    /// What tables have, and the month it is by the server's clock.
    package static func read(
        _ tables: [String], on session: PostgresSession
    ) async throws -> (existing: [String: TablePartitions], month: Month) {
        var existing: [String: TablePartitions] = [:]
        for table in tables {
            existing[table] = TablePartitions(
                attached: try await months(
                    """
                    SELECT right(c.relname, 7) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
                    WHERE i.inhparent = $1::text::regclass AND c.relname LIKE $1 || '\\_____\\___'
                    """, table, session),
                strays: try await months(
                    """
                    SELECT DISTINCT to_char(created_at AT TIME ZONE 'UTC', 'YYYY_MM')
                    FROM (SELECT created_at FROM \(quoteIdentifier("\(table)_earlier"))
                        UNION ALL SELECT created_at FROM \(quoteIdentifier("\(table)_later"))) AS rest WHERE $1 <> ''
                    """, table, session),
                archived: try await months(
                    """
                    SELECT right(relname, 7) FROM pg_class WHERE relkind = 'r' AND relname LIKE $1 || '\\_____\\___'
                    AND relnamespace = 'archive'::regnamespace
                    """, table, session))
        }
        let clock = try await session.query("SELECT now()").only
        return (existing, Month(try clock[0, as: Timestamp.self]))
    }

    private static func months(_ sql: String, _ table: String, _ session: PostgresSession) async throws -> Set<Month> {
        Set(try await session.query(sql, table).compactMap { Month(name: try $0[0, as: String.self]) })
    }
}
