import Basics
import Postgres

extension ObjectName {
    /// As it stands in a statement.
    var quoted: String { (schema.map { [$0, name] } ?? [name]).map(quoteIdentifier).joined(separator: ".") }
}

/// What the server's catalog shows of statements that run alone.
struct Catalog {
    let session: PostgresSession

    func trace(of effect: LoneStatement.Effect) async throws -> CatalogTrace {
        switch effect {
        case .index(let name, let table): try await index(name, on: table)
        case .noIndex(let index): try await exists("to_regclass($1)", index.quoted)
        case .reindex(let scope): try await leftovers(of: scope)
        case .detached(let partition, let table): try await detachment(partition, of: table)
        case .database(let name), .noDatabase(let name):
            try await exists("(SELECT oid FROM pg_database WHERE datname = $1)", name)
        case .repeatable, .unknown: .absent
        }
    }

    private func exists(_ expression: String, _ value: String) async throws -> CatalogTrace {
        try await session.query("SELECT \(expression) IS NOT NULL", value).only[0] ? .present : .absent
    }

    private func index(_ name: String, on table: ObjectName) async throws -> CatalogTrace {
        let row = try await session.query(
            """
            SELECT i.indisvalid, i.indexrelid::regclass::text
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = to_regclass($1) AND c.relname = $2
            """, table.quoted, name
        ).first
        guard let row else { return .absent }
        return try row[0] ? .present : .leftovers([try row[1]])
    }

    /// Only indexes that REINDEX CONCURRENTLY itself names so, and only invalid ones: either is a copy of another.
    private func leftovers(of scope: LoneStatement.ReindexScope) async throws -> CatalogTrace {
        let (condition, name) =
            switch scope {
            case .index(let name):
                ("i.indrelid = (SELECT indrelid FROM pg_index WHERE indexrelid = to_regclass($1))", name.quoted)
            case .table(let name): ("i.indrelid = to_regclass($1)", name.quoted)
            case .everything: ("$1 = ''", "")
            }
        let rows = try await session.query(
            """
            SELECT i.indexrelid::regclass::text
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
            WHERE NOT i.indisvalid AND t.relkind <> 't' AND c.relname ~ '_cc(new|old)[0-9]*$' AND \(condition)
            ORDER BY 1
            """, name)
        let names = try rows.map { try $0[0, as: String.self] }
        return names.isEmpty ? .absent : .leftovers(names)
    }

    private func detachment(_ partition: ObjectName, of table: ObjectName) async throws -> CatalogTrace {
        let row = try await session.query(
            """
            SELECT inhdetachpending FROM pg_inherits
            WHERE inhrelid = to_regclass($1) AND inhparent = to_regclass($2)
            """, partition.quoted, table.quoted
        ).first
        guard let row else { return .absent }
        return try row[0] ? .halfDetached : .present
    }
}
