import Basics
package import Loop
package import Postgres

/// How many rows each table of a database has, and what the server counted of its changes so far.
///
/// Two of them, one before a moment and one after it, say how many rows a copy of that moment may have: no fewer than the
/// first counted less what was deleted since, no more than it counted and what was inserted. Of a table that rested in
/// between that is a single number.
package struct Census: Equatable, Sendable {
    /// A table.
    package struct Table: Hashable, Sendable {
        /// The rows.
        package var rows: Int
        /// The rows that were ever inserted, by the server's count.
        package var inserted: Int
        /// The rows that were ever deleted, by the server's count.
        package var deleted: Int

        /// Counts.
        package init(rows: Int, inserted: Int, deleted: Int) {
            self.rows = rows
            self.inserted = inserted
            self.deleted = deleted
        }
    }

    /// The tables, by their names with their schemas.
    package var tables: [String: Table]

    /// Tables.
    package init(_ tables: [String: Table]) { self.tables = tables }

    private static let limit = Duration.seconds(3600)

    /// Counts every table of a database in one snapshot.
    package init(_ options: ConnectionOptions, on loop: EventLoop) async throws {
        let session = try await PostgresSession.connect(options, on: loop)
        defer { session.close() }
        try await session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        let rows = try await session.query(
            """
            SELECT format('%I.%I', schemaname, relname), n_tup_ins, n_tup_del
            FROM pg_stat_user_tables WHERE schemaname <> 'parlor' ORDER BY 1
            """)
        var tables: [String: Table] = [:]
        for row in rows {
            let (name, inserted, deleted) = try row.values(as: String.self, Int.self, Int.self)
            let count = try await session.query("SELECT count(*) FROM ONLY \(name)", within: Self.limit).only
            tables[name] = Table(rows: try count[0, as: Int.self], inserted: inserted, deleted: deleted)
        }
        try await session.execute("COMMIT")
        self.init(tables)
    }

    /// What is wrong with a copy of a moment between two censuses of the original; empty when nothing is.
    ///
    /// A table that only one of the two knows came or went in between, and may be in the copy or not.
    package static func complaints(of copy: Census, between before: Census, and after: Census) -> [String] {
        before.tables.sorted { $0.key < $1.key }.compactMap { name, first in
            guard let last = after.tables[name] else { return nil }
            guard let found = copy.tables[name] else { return "the table \(name) is missing" }
            // Counters begin anew when a server crashes; then nothing can be said.
            guard last.inserted >= first.inserted, last.deleted >= first.deleted else { return nil }
            let least = first.rows - (last.deleted - first.deleted)
            let most = first.rows + (last.inserted - first.inserted)
            guard found.rows < least || found.rows > most else { return nil }
            let expected = least == most ? "\(least)" : "\(least) to \(most)"
            return "\(name) has \(found.rows) rows instead of \(expected)"
        }
    }
}
