import Basics
import Postgres
import Testing

@testable import Migrations

/// A migration's text and what the lint says about it.
struct LintCase: CustomTestStringConvertible, Sendable {
    let sql: String
    /// Each rule with its severity, in the order of the lines; brief locks and lock timeouts are left out.
    let expected: [String]
    var testDescription: String { sql }

    init(_ sql: String, _ expected: String...) {
        self.sql = sql
        self.expected = expected
    }

    static let all = [
        // Columns
        LintCase("ALTER TABLE booking ADD COLUMN extra text;"),
        LintCase("ALTER TABLE booking ADD COLUMN extra text NOT NULL DEFAULT 'a';"),
        LintCase("ALTER TABLE booking ADD COLUMN extra text NOT NULL;", "not-null-without-default refused"),
        LintCase("ALTER TABLE small ADD COLUMN extra text NOT NULL;", "not-null-without-default refused"),
        LintCase("ALTER TABLE bare ADD COLUMN extra text NOT NULL;"),
        LintCase("ALTER TABLE booking ADD extra uuid DEFAULT gen_random_uuid();", "table-rewrite danger"),
        LintCase("ALTER TABLE small ADD extra uuid DEFAULT gen_random_uuid();", "table-rewrite note"),
        LintCase("ALTER TABLE booking ADD extra bigserial;", "table-rewrite danger"),
        LintCase(
            "ALTER TABLE booking ADD extra int GENERATED ALWAYS AS (id) STORED;", "table-rewrite danger"),
        LintCase("ALTER TABLE booking ADD extra text UNIQUE;", "key-without-index danger"),
        LintCase("ALTER TABLE booking ADD extra int CHECK (extra > 1);", "check-without-not-valid danger"),
        LintCase("ALTER TABLE booking ADD extra int REFERENCES salon (id);"),
        LintCase(
            "ALTER TABLE booking ADD extra int DEFAULT 1 REFERENCES salon (id);",
            "foreign-key-without-not-valid danger"),
        LintCase("ALTER TABLE booking ALTER COLUMN name SET NOT NULL;", "set-not-null danger"),
        LintCase("ALTER TABLE booking ALTER COLUMN checked SET NOT NULL;"),
        LintCase("ALTER TABLE booking DROP COLUMN name;", "drop-column danger", "read-by-code danger"),
        LintCase("ALTER TABLE booking DROP COLUMN unread;", "drop-column danger"),
        LintCase("ALTER TABLE bare DROP COLUMN unread;", "drop-column note"),
        LintCase("ALTER TABLE booking RENAME name TO title;", "rename danger", "read-by-code danger"),
        LintCase("ALTER TABLE booking RENAME TO visit;", "rename danger", "read-by-code danger"),
        LintCase("ALTER TABLE booking RENAME CONSTRAINT a TO b;"),
        // Types
        LintCase("ALTER TABLE booking ALTER name TYPE varchar(40);"),
        LintCase("ALTER TABLE booking ALTER name TYPE text;"),
        LintCase(
            "ALTER TABLE booking ALTER name TYPE varchar(10);", "type-narrowing danger", "table-rewrite danger"),
        LintCase("ALTER TABLE booking ALTER id TYPE bigint;", "table-rewrite danger"),
        LintCase("ALTER TABLE booking ALTER id TYPE int2;", "type-narrowing danger", "table-rewrite danger"),
        LintCase("ALTER TABLE small ALTER id TYPE bigint;", "table-rewrite note"),
        LintCase("ALTER TABLE booking SET UNLOGGED;", "table-rewrite danger"),
        // Constraints
        LintCase("ALTER TABLE booking ADD CONSTRAINT c CHECK (id > 0);", "check-without-not-valid danger"),
        LintCase("ALTER TABLE booking ADD CONSTRAINT c CHECK (id > 0) NOT VALID;"),
        LintCase("ALTER TABLE booking VALIDATE CONSTRAINT c;"),
        LintCase(
            """
            ALTER TABLE booking ADD CONSTRAINT c CHECK (id > 0) NOT VALID;
            ALTER TABLE booking VALIDATE CONSTRAINT c;
            """, "validate-beside-others danger"),
        LintCase(
            "ALTER TABLE booking ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES salon (id);",
            "foreign-key-without-not-valid danger"),
        LintCase("ALTER TABLE booking ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES salon (id) NOT VALID;"),
        LintCase("ALTER TABLE booking ADD CONSTRAINT u UNIQUE (id);", "key-without-index danger"),
        LintCase("ALTER TABLE booking ADD CONSTRAINT u UNIQUE USING INDEX i;"),
        LintCase("ALTER TABLE booking ADD PRIMARY KEY (id);", "key-without-index danger"),
        LintCase("ALTER TABLE booking ADD EXCLUDE USING gist (id WITH =);", "exclusion-constraint danger"),
        // Indexes
        LintCase("CREATE INDEX i ON booking (id);", "index-without-concurrently danger"),
        LintCase("CREATE INDEX i ON small (id);", "index-without-concurrently note"),
        LintCase("CREATE INDEX CONCURRENTLY i ON booking (id);"),
        LintCase(
            "CREATE INDEX CONCURRENTLY i ON booking (id); SELECT 1;", "concurrently-in-transaction refused"),
        LintCase("DROP INDEX CONCURRENTLY a; DROP INDEX b;", "concurrently-in-transaction refused"),
        LintCase("VACUUM booking; ANALYZE booking;", "concurrently-in-transaction refused"),
        LintCase("REINDEX INDEX booking_index;", "reindex-without-concurrently danger"),
        LintCase("REINDEX TABLE booking;", "reindex-without-concurrently danger"),
        LintCase("REINDEX TABLE CONCURRENTLY booking;"),
        LintCase("CLUSTER booking USING i;", "full-rewrite danger"),
        LintCase("VACUUM FULL booking;", "full-rewrite danger"),
        LintCase("REFRESH MATERIALIZED VIEW booking;", "refresh-without-concurrently danger"),
        // Tables and rows
        LintCase("DROP TABLE booking;", "drop-table danger", "read-by-code danger"),
        LintCase("DROP TABLE bare;", "drop-table note"),
        LintCase("TRUNCATE booking;", "truncate danger"),
        LintCase("UPDATE booking SET name = '';", "write-without-condition danger"),
        LintCase("DELETE FROM booking;", "write-without-condition danger"),
        LintCase("UPDATE booking SET name = '' WHERE id < 5;"),
        LintCase(
            "ALTER TABLE booking ADD extra int; UPDATE booking SET extra = 1 WHERE id > 5;",
            "backfill-beside-definitions danger"),
        LintCase("ALTER TABLE event ATTACH PARTITION booking DEFAULT;", "partition danger"),
        LintCase("ALTER TABLE event DETACH PARTITION booking;", "partition danger", "several-tables-locked note"),
        LintCase("ALTER TABLE event DETACH PARTITION booking CONCURRENTLY;"),
        LintCase(
            "ALTER TABLE booking ADD a int; ALTER TABLE event ADD a int;", "several-tables-locked note"),
        // Enums, transactions, the server
        LintCase("ALTER TYPE mood ADD VALUE 'calm';"),
        LintCase(
            "ALTER TYPE mood ADD VALUE 'calm'; ALTER TABLE bare ALTER m SET DEFAULT 'calm';",
            "enum-value-in-use danger"),
        LintCase(
            "ALTER TYPE mood ADD VALUE 'calm'; SELECT 'calm'::mood;", "enum-value-in-use refused"),
        LintCase("CREATE TYPE m2 AS ENUM ('a'); ALTER TYPE m2 ADD VALUE 'b'; SELECT 'b'::m2;"),
        LintCase("ALTER TYPE mood DROP VALUE 'calm';", "enum-value-removal refused"),
        LintCase("BEGIN; SELECT 1; COMMIT;", "transaction-control note"),
        LintCase("BEGIN; SELECT 1;", "transaction-control refused"),
        LintCase("SELECT 1; COMMIT;", "transaction-control refused"),
        LintCase("BEGIN; SELECT 1; ROLLBACK;", "transaction-control refused"),
        LintCase("CREATE EXTENSION IF NOT EXISTS citext;", "extension note"),
        LintCase(
            """
            ALTER TABLE booking ADD extra int;
            -- parlor: allow backfill-beside-definitions because it is five rows
            UPDATE booking SET extra = 1 WHERE id > 5;
            """, "backfill-beside-definitions note"),
        LintCase("GRANT SELECT ON booking TO PUBLIC;"),
        LintCase("ALTER TABLE booking OWNER TO ada;"),
        // What these migrations make themselves
        LintCase(
            """
            CREATE TABLE fresh (id int);
            CREATE INDEX i ON fresh (id);
            ALTER TABLE fresh ADD COLUMN extra text NOT NULL;
            ALTER TABLE fresh ADD PRIMARY KEY (id);
            ALTER TABLE fresh ALTER id TYPE bigint;
            UPDATE fresh SET id = 1;
            DROP TABLE fresh;
            """),
        // Comments that allow
        LintCase(
            "-- parlor: allow drop-column because nobody reads it\nALTER TABLE booking DROP COLUMN unread;",
            "drop-column note"),
        LintCase(
            "-- parlor: allow drop-column\nALTER TABLE booking DROP COLUMN unread;", "allow-comment note",
            "drop-column danger"),
        LintCase(
            "-- parlor: allow everything because of me\nTRUNCATE booking;", "allow-comment note", "truncate danger"),
        LintCase(
            "-- parlor: allow set-not-null because of me\nTRUNCATE booking;", "truncate danger"),
        LintCase(
            "-- parlor: allow concurrently-in-transaction because I say so\nVACUUM booking; SELECT 1;",
            "allow-comment note", "concurrently-in-transaction refused"),
    ]

    static let database = LintedDatabase(tables: [
        "booking": LintedTable(
            rows: 1_000_000, bytes: 1 << 30, columns: ["id": "integer", "name": "character varying(20)"],
            indexes: ["booking_index"], checkedColumns: ["checked"]),
        "event": LintedTable(rows: 1_000_000, bytes: 1 << 30),
        "salon": LintedTable(rows: 1_000, bytes: 1 << 20),
        "small": LintedTable(rows: 100, bytes: 1 << 16, columns: ["id": "integer"]),
        "bare": LintedTable(rows: 0, bytes: 0),
    ])
}

@Suite("The lint reads migrations before they run") struct MigrationLintTests {
    private static let program = ["SELECT id, \"name\" FROM booking WHERE id = $1"]

    private func findings(_ sql: String, on database: LintedDatabase) throws -> [LintFinding] {
        MigrationLint.findings(
            in: [LintedMigration(name: "20260101000000_case", statements: try SQLScript(sql).statements)], on: database,
            readBy: Self.program)
    }

    @Test("Each statement gets the findings it deserves", arguments: LintCase.all)
    func rules(item: LintCase) throws {
        let said = try findings(item.sql, on: LintCase.database).filter {
            $0.rule != .briefLock && $0.rule != .lockTimeout
        }
        #expect(said.map { "\($0.rule.rawValue) \($0.severity.name)" } == item.expected)
    }

    @Test("Of a database that nothing is known of, every table is taken for large")
    func unknown() throws {
        #expect(try findings("CREATE INDEX i ON small (id)", on: .unknown).map(\.severity).max() == .danger)
    }

    @Test("Every danger names a safe way", arguments: LintCase.all)
    func safeWays(item: LintCase) throws {
        for finding in try findings(item.sql, on: LintCase.database) where finding.severity > .note {
            #expect(finding.safeWay?.isEmpty == false, "\(finding.summary)")
        }
    }

    @Test("Every rule is met by some statement")
    func complete() throws {
        let met = Set(try LintCase.all.flatMap { try findings($0.sql, on: LintCase.database).map(\.rule) })
        #expect(Set(LintRule.allCases).subtracting(met) == [])
    }

    @Test("A finding says where, what is locked, what that means and how to do it")
    func words() throws {
        let sql = "SET lock_timeout = '2s';\nCREATE UNIQUE INDEX \"i\" ON \"booking\" (\"id\") WHERE name > '(';"
        let finding = try #require(try findings(sql, on: LintCase.database).first)
        #expect(
            finding.summary == """
                danger [index-without-concurrently] 20260101000000_case, line 2: the index is built while nobody can \
                write (SHARE on booking: reads go on, writes wait)
                """)
        #expect(
            finding.safeWay == """
                CREATE UNIQUE INDEX CONCURRENTLY "i" ON "booking" ("id") WHERE name > '('; in a migration of its own
                """)
    }

    @Test("Ordinary migrations of a Prisma project bring nothing but notes on a database where nothing exists yet")
    func prisma() throws {
        let migrations = try PrismaSample.migrations.map {
            LintedMigration(name: $0.name, statements: try SQLScript($0.sql).statements)
        }
        let findings = MigrationLint.findings(in: migrations, on: .empty)
        #expect(findings.filter { $0.severity > .note } == [])
        let later = MigrationLint.findings(in: [migrations[1]], on: .unknown)
        #expect(later.contains { $0.severity == .danger })
    }

    @Test("Names with the schema that is meant anyway are the same names")
    func schema() throws {
        var database = LintCase.database
        database.schema = "shop"
        #expect(try findings("DROP TABLE shop.booking", on: database).map(\.severity).max() == .danger)
        #expect(try findings("DROP TABLE other.booking", on: database) == [])
    }

    @Test("Before a deploy, the tables of the live database decide, and what cannot work is refused")
    func live() async throws {
        try await withWorkbench { bench in
            try await bench.session.execute(
                """
                CREATE SCHEMA shop;
                CREATE TABLE shop.guest (id integer);
                INSERT INTO shop.guest SELECT generate_series(1, 3);
                ANALYZE shop.guest
                """)
            let migration = Migration(name: "1_a", text: "ALTER TABLE guest ADD COLUMN name text NOT NULL")
            let findings = try await bench.migrator(schema: "shop").lint([migration])
            #expect(findings.map(\.severity).max() == .refused)
            let error = try #require(ParlorError.refusing(findings))
            #expect(
                error.summary == """
                    nothing was run, because of what 1_a does in line 1: name must not be NULL and has no default, \
                    which fails when guest has a row [not-null-without-default]
                    """)
            #expect(error.hint == "Write it so: ALTER TABLE guest ADD COLUMN name text NOT NULL DEFAULT …;")
            let index = Migration(name: "1_b", text: "CREATE INDEX ON guest (id)")
            let notes = try await bench.migrator(schema: "shop").lint([index])
            #expect(ParlorError.refusing(notes, orDangers: true) == nil)
        }
    }
}
