package import Postgres

extension LintedDatabase {
    /// What the lint wants to know of a live database; nothing in it is changed.
    package init(reading session: PostgresSession, schema: String = "public") async throws {
        self.init()
        self.schema = schema
        for row in try await session.query(Self.statement, schema) {
            let (name, rows, bytes) = try row.values(as: String.self, Int?.self, Int.self)
            var table = LintedTable(rows: rows, bytes: bytes)
            let columns = try (row[3, as: [String].self], row[4, as: [String].self])
            table.columns = Dictionary(zip(columns.0, columns.1), uniquingKeysWith: { first, _ in first })
            table.foreignKeys = try Self.foreignKeys(row, schema)
            table.indexes = Set(try row[9, as: [String].self])
            table.checkedColumns = Set(try row[10, as: [String].self])
            tables[name] = table
        }
    }

    private static func foreignKeys(_ row: PostgresRow, _ schema: String) throws -> [String: LintedForeignKey] {
        let names = try row[5, as: [String].self]
        let targets = try row[6, as: [String].self]
        let (columns, targetColumns) = try (row[7, as: [String].self], row[8, as: [String].self])
        var keys: [String: LintedForeignKey] = [:]
        for (index, name) in names.enumerated() {
            let target = targets[index].split(separator: "/", maxSplits: 1).map(String.init)
            keys[name] = LintedForeignKey(
                target: SQLName(target[1], in: target[0] == schema ? nil : target[0]),
                columns: columns[index].split(separator: "/").map(String.init),
                targetColumns: targetColumns[index].split(separator: "/").map(String.init))
        }
        return keys
    }

    /// A partitioned table is as large as its partitions together. `reltuples` is -1 before the first ANALYZE.
    private static let statement = """
        SELECT t.key,
            leaves.rows, leaves.bytes,
            columns.names, columns.types, keys.names, keys.targets, keys.columns,
            keys.target_columns,
            ARRAY(SELECT i.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
                  WHERE x.indrelid = t.oid),
            ARRAY(SELECT a.attname::text FROM pg_constraint c JOIN pg_attribute a
                  ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                  WHERE c.conrelid = t.oid AND c.contype = 'c' AND c.convalidated AND cardinality(c.conkey) = 1
                  AND pg_get_constraintdef(c.oid) = format('CHECK ((%I IS NOT NULL))', a.attname))
        FROM (SELECT c.oid, c.relkind,
                CASE n.nspname WHEN $1::text THEN c.relname::text ELSE n.nspname || '.' || c.relname END AS key
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_') t
        CROSS JOIN LATERAL (
            SELECT CASE WHEN min(l.reltuples) < 0 THEN NULL ELSE coalesce(sum(l.reltuples), 0)::bigint END AS rows,
                coalesce(sum(pg_total_relation_size(l.oid)) FILTER (WHERE pg_relation_size(l.oid) > 0), 0)::bigint
                    AS bytes
            FROM pg_class l WHERE l.oid = t.oid AND t.relkind <> 'p'
                OR t.relkind = 'p' AND l.relkind = 'r' AND l.oid IN (SELECT relid FROM pg_partition_tree(t.oid))
            ) leaves
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(a.attname::text), '{}') AS names,
                coalesce(array_agg(format_type(a.atttypid, a.atttypmod)), '{}') AS types
            FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped) columns
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(c.conname::text), '{}') AS names,
                coalesce(array_agg(n.nspname || '/' || r.relname), '{}') AS targets,
                coalesce(array_agg((SELECT string_agg(a.attname, '/') FROM pg_attribute a
                    WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey))), '{}') AS columns,
                coalesce(array_agg((SELECT string_agg(a.attname, '/') FROM pg_attribute a
                    WHERE a.attrelid = c.confrelid AND a.attnum = ANY (c.confkey))), '{}') AS target_columns
            FROM pg_constraint c JOIN pg_class r ON r.oid = c.confrelid JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE c.conrelid = t.oid AND c.contype = 'f') keys
        """
}
