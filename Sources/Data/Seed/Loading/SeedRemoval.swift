import Basics
import Postgres

/// Removes a seed's salons with everything that belongs to them, whoever has made it, in one transaction.
///
/// The audit log stays, as it does when a salon goes.
struct SeedRemoval {
    private let number: UInt64

    init(_ number: UInt64) { self.number = number }

    private var salons: String { "SELECT unnest(salons) FROM seeds WHERE number = \(quoteLiteral("\(number)"))" }

    /// What was removed from each table that had something.
    func run(in session: PostgresSession) async throws -> [(table: String, rows: Int)] {
        try await session.transaction {
            var removed: [(table: String, rows: Int)] = []
            func delete(from table: String, where condition: String) async throws {
                let rows = try await session.query("DELETE FROM \(table) WHERE \(condition)").affected
                if rows > 0 { removed.append((table: table, rows: rows)) }
            }
            for table in try await tenantTables(session) {
                try await delete(from: quoteIdentifier(table), where: "salon_id IN (\(salons))")
            }
            // Somebody who works in another salon by now stays.
            let people = """
                SELECT id FROM users AS u WHERE created_by = \(quoteLiteral("seed:\(number)"))
                    AND NOT EXISTS (SELECT FROM memberships AS m WHERE m.user_id = u.id)
                """
            try await delete(from: "sessions", where: "user_id IN (\(people))")
            try await delete(from: "users", where: "id IN (\(people))")
            try await delete(from: "salons", where: "id IN (\(salons))")
            try await session.query("DELETE FROM seeds WHERE number = $1", "\(number)")
            return removed
        }
    }

    /// The tables with rows of salons: those that no other one refers to come first.
    private func tenantTables(_ session: PostgresSession) async throws -> [String] {
        let found = try await session.query(
            """
            WITH RECURSIVE tenant AS (
                SELECT c.oid, c.relname::text AS name FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
                WHERE a.attname = 'salon_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p')
                    AND NOT c.relispartition AND c.relname <> 'audit_log'
                    AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'salons'::regclass)
            ), step (oid, depth) AS (
                SELECT oid, 0 FROM tenant
                UNION
                SELECT k.conrelid, s.depth + 1 FROM step AS s JOIN pg_constraint AS k ON k.confrelid = s.oid
                WHERE k.contype = 'f' AND s.depth < 20 AND k.conrelid <> k.confrelid
                    AND k.conrelid IN (SELECT oid FROM tenant)
            )
            SELECT name FROM tenant JOIN step USING (oid) GROUP BY name ORDER BY max(depth) DESC, name
            """)
        return try found.map { try $0.values(as: String.self) }
    }
}
