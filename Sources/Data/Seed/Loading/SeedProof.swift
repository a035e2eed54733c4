import Basics
import Postgres

/// Proves what triggers and foreign keys would have held while rows were copied: every reference leads somewhere, and
/// every claim is as active as its booking. Everything else (checks, unique and exclusion constraints) always holds.
struct SeedProof {
    private let tables: [String]

    init(_ tables: [String]) { self.tables = tables }

    private struct Reference {
        let child: String
        let parent: String
        let columns: [String]
        let keys: [String]
    }

    func run(in session: PostgresSession) async throws {
        let references = Dictionary(grouping: try await references(session), by: \.child)
        for (child, references) in references.sorted(by: { $0.key < $1.key }) {
            try await expectNone(Self.search(child, references), "\(child) refers to rows that are not there", session)
        }
        try await expectNone(
            """
            SELECT count(*) FROM booking_claims AS c
            JOIN bookings AS b ON b.salon_id = c.salon_id AND b.id = c.booking_id
            WHERE c.is_active <> (b.status IN ('HELD', 'CONFIRMED') AND b.deleted_at IS NULL)
            """, "claims are not as active as their bookings", session)
    }

    private func expectNone(_ sql: String, _ fault: String, _ session: PostgresSession) async throws {
        let count = try await session.query(sql).only.values(as: Int.self)
        guard count == 0 else {
            throw ParlorError(.unexpected, "what was seeded is not sound", why: "\(fault), \(count) times")
        }
    }

    private func references(_ session: PostgresSession) async throws -> [Reference] {
        let found = try await session.query(
            """
            SELECT k.conrelid::regclass::text, k.confrelid::regclass::text,
                (SELECT array_agg(a.attname::text ORDER BY place)
                FROM unnest(k.conkey) WITH ORDINALITY AS c (number, place)
                JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = c.number),
                (SELECT array_agg(a.attname::text ORDER BY place)
                FROM unnest(k.confkey) WITH ORDINALITY AS c (number, place)
                JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = c.number)
            FROM pg_constraint AS k
            WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid = ANY ($1::text[]::regclass[])
            ORDER BY k.conname
            """, tables)
        return try found.map { row in
            let (child, parent, columns, keys) = try row.values(
                as: String.self, String.self, [String].self, [String].self)
            return Reference(child: child, parent: parent, columns: columns, keys: keys)
        }
    }

    /// Looks at a table once for all of its references.
    private static func search(_ child: String, _ references: [Reference]) -> String {
        var joins = ""
        var faults: [String] = []
        for (number, reference) in references.enumerated() {
            let pairs = zip(reference.columns, reference.keys).map { column, key in
                "p\(number).\(quoteIdentifier(key)) = c.\(quoteIdentifier(column))"
            }
            joins += " LEFT JOIN \(reference.parent) AS p\(number) ON \(pairs.joined(separator: " AND "))"
            let given = reference.columns.map { "c.\(quoteIdentifier($0)) IS NOT NULL" }
            let key = reference.keys.first.map(quoteIdentifier) ?? ""
            faults.append("(\(given.joined(separator: " AND ")) AND p\(number).\(key) IS NULL)")
        }
        return "SELECT count(*) FROM \(child) AS c\(joins) WHERE \(faults.joined(separator: " OR "))"
    }
}
