import Basics
import Digests
import Migrations
import Postgres
import Testing

@Suite("A deploy does what Prisma's does") struct DeployTests {
    @Test("A Prisma project's folder deploys unchanged, and the rows are what Prisma would write")
    func prismaProject() async throws {
        let folder = try prismaFolder()
        try await withWorkbench { (bench) async throws in
            let deployed = try await bench.migrator().deploy(folder)
            #expect(deployed.items.map(\.name) == folder.migrations.map(\.name))
            let rows = try await bench.rows()
            #expect(rows.map(\.name) == folder.migrations.map(\.name))
            for (row, migration) in zip(rows, folder.migrations) {
                #expect(row.checksum == Digest(.sha256, of: Array(migration.text.utf8)).hexadecimal)
                #expect(row.logs == nil && row.rolledBackAt == nil && row.appliedSteps == 1)
                let finished = try #require(row.finishedAt)
                #expect(finished >= row.startedAt)
                #expect(
                    row.id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
            }
            #expect(Set(rows.map(\.id)).count == 3)
            #expect(
                try await bench.value(
                    #"SELECT indisvalid FROM pg_index WHERE indexrelid = '"Review_salonId_idx"'::regclass"#))
            #expect(try await bench.migrator().deploy(folder).items.isEmpty)
            #expect(try await bench.rows() == rows)
        }
    }

    @Test("The table is Prisma's, column by column")
    func table() async throws {
        try await withWorkbench { (bench) async throws in
            _ = try await bench.migrator().deploy(folder([:]))
            let columns = try await bench.session.query(
                """
                SELECT format('%s %s %s %s', attname, format_type(atttypid, atttypmod), attnotnull,
                    pg_get_expr(adbin, adrelid))
                FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                WHERE attrelid = '_prisma_migrations'::regclass AND attnum > 0 ORDER BY attnum
                """
            ).map { try $0[0, as: String.self] }
            #expect(
                columns == [
                    "id character varying(36) t ", "checksum character varying(64) t ",
                    "finished_at timestamp with time zone f ", "migration_name character varying(255) t ",
                    "logs text f ", "rolled_back_at timestamp with time zone f ",
                    "started_at timestamp with time zone t now()", "applied_steps_count integer t 0",
                ])
            #expect(
                try await bench.value(
                    "SELECT conname::text FROM pg_constraint WHERE conrelid = '_prisma_migrations'::regclass")
                    == "_prisma_migrations_pkey")
        }
    }

    @Test("A row that Prisma wrote for a checkout with other ends of lines is the same migration")
    func ends() async throws {
        try await withWorkbench { (bench) async throws in
            let unix = folder(["1_a": "CREATE TABLE a ();\nCREATE TABLE b ();\n"])
            let windows = folder(["1_a": "CREATE TABLE a ();\r\nCREATE TABLE b ();\r\n"])
            _ = try await bench.migrator().deploy(windows)
            let status = try await bench.migrator().status(unix)
            #expect(status.isUpToDate && !status.entries[0].isEdited)
        }
    }

    @Test("Tables without a history are not touched: P3005")
    func notEmpty() async throws {
        try await withWorkbench { (bench) async throws in
            try await bench.session.execute("CREATE TABLE mine ()")
            let error = await #expect(throws: ParlorError.self) {
                try await bench.migrator().deploy(folder(["1_a": "CREATE TABLE a ()"]))
            }
            #expect(error?.reference == "P3005")
            #expect(error?.description.contains("parlor migrate baseline") == true)
            #expect(try await bench.value("SELECT to_regclass('_prisma_migrations') IS NULL"))
        }
    }

    @Test("A failure is written down with Prisma's words around it, stops everything, and stays until it is resolved")
    func failure() async throws {
        try await withWorkbench { (bench) async throws in
            let broken = folder([
                "1_a": "CREATE TABLE a ();", "2_b": "CREATE TABLE b ();\nALTER TABLE nowhere ADD x int;",
                "3_c": "CREATE TABLE c ();",
            ])
            let error = await #expect(throws: ParlorError.self) { try await bench.migrator().deploy(broken) }
            #expect(error?.reference == "P3018")
            #expect(error?.why == "line 2, ALTER TABLE nowhere ADD x int: relation \"nowhere\" does not exist (42P01)")
            let rows = try await bench.rows()
            #expect(rows.map(\.state) == [.applied, .failed])
            #expect(rows[1].logs?.contains("Database error code: 42P01") == true)
            #expect(rows[1].appliedSteps == 0 && rows[1].finishedAt == nil)
            #expect(try await bench.value("SELECT to_regclass('b') IS NULL"))

            let again = await #expect(throws: ParlorError.self) { try await bench.migrator().deploy(broken) }
            #expect(again?.reference == "P3009")
            #expect(again?.why?.hasPrefix("2_b began at 20") == true)
            #expect(try await bench.rows() == rows)

            try await bench.migrator().markRolledBack("2_b")
            let mended = folder([
                "1_a": "CREATE TABLE a ();", "2_b": "CREATE TABLE b ();", "3_c": "CREATE TABLE c ();",
            ])
            #expect(try await bench.migrator().deploy(mended).items.map(\.name) == ["2_b", "3_c"])
            #expect(try await bench.rows().map(\.state) == [.applied, .rolledBack, .applied, .applied])
        }
    }

    @Test("A row that somebody else left unfinished without a word stops everything: P3009")
    func foreignRow() async throws {
        try await withWorkbench { (bench) async throws in
            _ = try await bench.migrator().deploy(folder([:]))
            try await bench.session.execute(
                "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '1_a')")
            let error = await #expect(throws: ParlorError.self) {
                try await bench.migrator().deploy(folder(["1_a": "CREATE TABLE a ()"]))
            }
            #expect(error?.reference == "P3009")
        }
    }

    @Test("A file with transactions of its own runs as it stands")
    func verbatim() async throws {
        try await withWorkbench { (bench) async throws in
            let texts = folder([
                "1_a": "BEGIN; CREATE TABLE a (x int); COMMIT; BEGIN; CREATE TABLE b (); COMMIT;",
                "2_b": "DO $$ BEGIN INSERT INTO a VALUES (1); COMMIT; INSERT INTO a VALUES (2); END $$;",
                "3_c": "BEGIN; CREATE TABLE c ();",
            ])
            let error = await #expect(throws: ParlorError.self) { try await bench.migrator().deploy(texts) }
            #expect(error?.why == "it begins a transaction that it does not end")
            #expect(try await bench.rows().map(\.state) == [.applied, .applied, .failed])
            #expect(try await bench.value("SELECT sum(x) FROM a", as: Int64.self) == 3)
            #expect(try await bench.value("SELECT to_regclass('c') IS NULL"))
        }
    }

    @Test("A migration leaves no setting, role or search path to the next one")
    func settings() async throws {
        try await withWorkbench { (bench) async throws in
            let role = "role_\(RandomIdentifier.hex(bytes: 4))"
            let texts = folder([
                "1_a": """
                CREATE ROLE \(role); SET ROLE \(role); SELECT set_config('search_path', '', false);
                SET work_mem = '1MB';
                """,
                "2_b": "CREATE TABLE b (); SELECT 1 / (current_user = session_user)::int;",
                "3_c": "DISCARD ALL", "4_d": "CREATE TABLE d ();",
                "5_e": "DROP ROLE \(role)",
            ])
            #expect(try await bench.migrator().deploy(texts).items.count == 5)
            #expect(
                try await bench.value(
                    "SELECT to_regclass('public.b') IS NOT NULL AND to_regclass('public.d') IS NOT NULL"))
        }
    }

    @Test("Another schema than public is made, and is where unqualified names lead")
    func otherSchema() async throws {
        try await withWorkbench { (bench) async throws in
            _ = try await bench.migrator(schema: "my Salon").deploy(folder(["1_a": "CREATE TABLE a ()"]))
            #expect(try await bench.value(#"SELECT to_regclass('"my Salon".a') IS NOT NULL"#))
            #expect(try await bench.rows(schema: "my Salon").count == 1)
        }
    }

    @Test("Whoever reviews the migrations sees them before anything is run, and may refuse")
    func review() async throws {
        struct Refusal: Error {}
        try await withWorkbench { (bench) async throws in
            let texts = folder(["1_a": "CREATE TABLE a ()", "2_b": "CREATE TABLE b ()"])
            await #expect(throws: Refusal.self) {
                try await bench.migrator().deploy(texts) { migrations in
                    #expect(migrations.map(\.name) == ["1_a", "2_b"])
                    throw Refusal()
                }
            }
            #expect(try await bench.rows().isEmpty)
        }
    }

    @Test(
        "What could never run is refused before anything does",
        arguments: [
            "CREATE TABLE b (); CREATE INDEX CONCURRENTLY i ON b (x);", "BEGIN; VACUUM; COMMIT;", "SELECT 'a",
        ])
    func refused(text: String) async throws {
        try await withWorkbench { (bench) async throws in
            let error = await #expect(throws: ParlorError.self) {
                try await bench.migrator().deploy(folder(["1_a": "CREATE TABLE a ()", "2_b": text]))
            }
            #expect(error?.code == .migration)
            #expect(try await bench.rows().isEmpty)
        }
    }

    @Test("A plan says what a deploy would do, and changes nothing")
    func plan() async throws {
        let folder = try prismaFolder()
        try await withWorkbench { (bench) async throws in
            let plan = try await bench.migrator().plan(folder)
            #expect(
                plan.steps.map(\.way.words) == [
                    "in one transaction", "in one transaction", "alone, outside of a transaction",
                ])
            #expect(try await bench.value("SELECT to_regclass('_prisma_migrations') IS NULL"))
        }
    }
}
