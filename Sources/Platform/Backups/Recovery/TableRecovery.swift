import Basics
package import Postgres

/// Copies tables of a restored database beside the living ones: into a schema of their own, with their rows and the types
/// of their columns, and without what could refuse them: constraints, triggers, security.
///
/// A copy that fails leaves nothing: all of it is one transaction.
package struct TableRecovery: Sendable {
    /// A table that was copied.
    package struct Copy: Equatable, Sendable {
        /// The table as somebody named it.
        package var table: String
        /// What it is called beside the living ones.
        package var name: String
        /// Its rows.
        package var rows: Int
    }

    private let restored: PostgresSession
    private let living: PostgresSession
    private static let limit = Duration.seconds(6 * 3600)

    /// From a session on the restored database to one on the living.
    package init(from restored: PostgresSession, to living: PostgresSession) {
        self.restored = restored
        self.living = living
    }

    /// Copies tables into a new schema.
    package func copy(_ tables: [String], into schema: String) async throws -> [Copy] {
        var sources: [Source] = []
        for table in tables { sources.append(try await source(table)) }
        try await living.execute("BEGIN; CREATE SCHEMA \(quoteIdentifier(schema))")
        do {
            var copies: [Copy] = []
            for source in sources { copies.append(try await copy(source, into: schema)) }
            try await living.execute("COMMIT")
            return copies
        } catch {
            try? await living.execute("ROLLBACK")
            throw error
        }
    }

    private struct Source {
        var table: String
        var name: String
        var columns: [(name: String, type: String)]
        /// As SQL has it, quoted.
        var qualified: String
    }

    private func source(_ table: String) async throws -> Source {
        let found = try await restored.query(
            """
            SELECT c.relname::text, format('%I.%I', n.nspname, c.relname)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'm')
            """, table)
        for row in found {
            let (name, qualified) = try row.values(as: String.self, String.self)
            let columns = try await restored.query(
                """
                SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
                WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
                """, table
            ).map { try $0.values(as: String.self, String.self) }
            return Source(table: table, name: name, columns: columns.map { ($0.0, $0.1) }, qualified: qualified)
        }
        throw ParlorError(
            .backup, "there is no table \(table) in what was restored",
            why: "it was not there at that moment, or has another schema",
            hint: "Write it with its schema, like public.bookings, or choose another moment.")
    }

    private func copy(_ source: Source, into schema: String) async throws -> Copy {
        let name = "\(quoteIdentifier(schema)).\(quoteIdentifier(source.name))"
        let columns = source.columns.map { "\(quoteIdentifier($0.name)) \($0.type)" }.joined(separator: ", ")
        try await living.execute("CREATE TABLE \(name) (\(columns))")
        let rows = try await restored.copyOut(
            "COPY (SELECT * FROM \(source.qualified)) TO STDOUT (FORMAT binary)", within: Self.limit
        ) { output in
            try await living.copyIn("COPY \(name) FROM STDIN (FORMAT binary)", within: Self.limit) { input in
                for try await chunk in output { try await input.write(chunk) }
            }
        }
        return Copy(table: source.table, name: "\(schema).\(source.name)", rows: rows)
    }
}
