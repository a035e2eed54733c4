import Basics
import Migrations
import Postgres
import Testing

@Suite("An invalid index is found and repaired") struct IndexRepairTests {
    private static let texts = folder([
        "1_a": "CREATE TABLE a (x int)", "2_b": #"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "a X" ON a (x)"#,
    ])

    private func isValid(_ bench: Workbench) async throws -> Bool? {
        try await bench.session.query(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)", #""a X""#
        ).first.map { try $0[0] }
    }

    /// What a build that failed leaves behind.
    private func leaveInvalid(_ bench: Workbench) async throws {
        try await bench.session.execute("INSERT INTO a VALUES (1), (1)")
        await #expect(throws: PostgresError.self) {
            try await bench.session.execute(#"CREATE UNIQUE INDEX CONCURRENTLY "a X" ON a (x)"#)
        }
        #expect(try await isValid(bench) == false)
        try await bench.session.execute("TRUNCATE a")
    }

    @Test("One that a failed migration leaves is dropped at once, and built when the migration runs again")
    func failed() async throws {
        try await withWorkbench { (bench) async throws in
            _ = try await bench.migrator().deploy(folder(["1_a": "CREATE TABLE a (x int)"]))
            try await bench.session.execute("INSERT INTO a VALUES (1), (1)")
            let error = await #expect(throws: ParlorError.self) { try await bench.migrator().deploy(Self.texts) }
            #expect(error?.reference == "P3018")
            #expect(error?.what.contains("nothing of it took effect") == true)
            #expect(try await isValid(bench) == nil)
            #expect(bench.reports.all.contains(.indexDropped(#""a X""#)))
            let row = try #require(try await bench.rows().last)
            #expect(row.state == .failed && row.logs?.contains("23505") == true)

            try await bench.session.execute("TRUNCATE a")
            try await bench.migrator().markRolledBack("2_b")
            _ = try await bench.migrator().deploy(Self.texts)
            #expect(try await isValid(bench) == true)
        }
    }

    @Test("One that somebody else left is repaired, where IF NOT EXISTS alone would be content with it")
    func foreign() async throws {
        try await withWorkbench { (bench) async throws in
            _ = try await bench.migrator().deploy(folder(["1_a": "CREATE TABLE a (x int)"]))
            try await leaveInvalid(bench)
            _ = try await bench.migrator().deploy(Self.texts)
            #expect(try await isValid(bench) == true)
            #expect(bench.reports.all.contains(.indexDropped(#""a X""#)))
        }
    }

    @Test("One that a killed run left is repaired, and one that it completed counts as done", arguments: [true, false])
    func killed(isComplete: Bool) async throws {
        try await withWorkbench { (bench) async throws in
            _ = try await bench.migrator().deploy(folder(["1_a": "CREATE TABLE a (x int)"]))
            if isComplete {
                try await bench.session.execute(#"CREATE UNIQUE INDEX "a X" ON a (x)"#)
            } else {
                try await leaveInvalid(bench)
            }
            let migration = Self.texts.migrations[1]
            try await bench.session.query(
                "INSERT INTO _prisma_migrations (id, checksum, migration_name, logs) VALUES ('x', $1, $2, $3)",
                migration.checksum.text, migration.name, RunMark.alone.words)
            let status = try await bench.migrator().status(Self.texts)
            #expect(status.entries.last?.state == .interrupted)
            _ = try await bench.migrator().deploy(Self.texts)
            #expect(try await isValid(bench) == true)
            let rows = try await bench.rows()
            #expect(rows.count == 2 && rows[1].id == "x" && rows[1].state == .applied && rows[1].logs == nil)
            let built = bench.reports.all.count { if case .statementBegan = $0 { true } else { false } } - 1
            #expect(built == (isComplete ? 0 : 1))
        }
    }

    @Test(
        "A transaction that was cut short goes on with a file that was corrected, however that is run",
        arguments: [
            ("CREATE TABLE b ()", MigrationRecord.State.applied), ("BEGIN; CREATE TABLE b (); COMMIT", .applied),
            ("VACUUM a", .applied),
            // An index that was there before is not the work of a transaction that left nothing.
            ("CREATE INDEX CONCURRENTLY i ON a (x)", .failed),
        ])
    func corrected(text: String, state: MigrationRecord.State) async throws {
        try await withWorkbench { (bench) async throws in
            _ = try await bench.migrator().deploy(folder(["1_a": "CREATE TABLE a (x int); CREATE INDEX i ON a (x)"]))
            try await bench.session.query(
                "INSERT INTO _prisma_migrations (id, checksum, migration_name, logs) VALUES ('x', 'y', '2_b', $1)",
                RunMark.transaction.words)
            let texts = folder(["1_a": "CREATE TABLE a (x int); CREATE INDEX i ON a (x)", "2_b": text])
            _ = try? await bench.migrator().deploy(texts)
            let rows = try await bench.rows()
            #expect(rows.map(\.state) == [.applied, state])
            #expect(rows[1].id == "x" && rows[1].checksum == texts.migrations[1].checksum.text)
        }
    }

    @Test("What REINDEX CONCURRENTLY left is dropped before it runs again")
    func reindex() async throws {
        try await withWorkbench { (bench) async throws in
            try await bench.session.execute(
                "CREATE SCHEMA s; CREATE TABLE s.a (x int); INSERT INTO s.a VALUES (1), (1)")
            await #expect(throws: PostgresError.self) {
                try await bench.session.execute("CREATE UNIQUE INDEX CONCURRENTLY a_x_ccnew1 ON s.a (x)")
            }
            try await bench.session.execute("CREATE INDEX a_x ON s.a (x)")
            _ = try await bench.migrator().deploy(folder(["1_a": "REINDEX INDEX CONCURRENTLY s.a_x"]))
            let names = try await bench.session.query(
                "SELECT relname::text FROM pg_class WHERE relkind = 'i' AND relnamespace = 's'::regnamespace")
            #expect(try names.map { try $0[0, as: String.self] } == ["a_x"])
        }
    }

    @Test("A detachment that was cut short is finished")
    func detachment() async throws {
        try await withWorkbench { (bench) async throws in
            try await bench.session.execute(
                """
                CREATE SCHEMA s; CREATE TABLE s.log (x int) PARTITION BY RANGE (x);
                CREATE TABLE s.part PARTITION OF s.log FOR VALUES FROM (0) TO (10);
                """)
            // A reader keeps the second half of it waiting, and a timeout ends it there.
            let reader = try await PostgresSession.connect(bench.options, on: bench.loop)
            try await reader.execute("BEGIN; SELECT * FROM s.log")
            await #expect(throws: PostgresError.self) {
                try await bench.session.execute("SET lock_timeout = '50ms'")
                try await bench.session.execute("ALTER TABLE s.log DETACH PARTITION s.part CONCURRENTLY")
            }
            reader.close()
            #expect(try await bench.value("SELECT inhdetachpending FROM pg_inherits"))
            _ = try await bench.migrator().deploy(
                folder(["1_a": "ALTER TABLE s.log DETACH PARTITION s.part CONCURRENTLY"]))
            #expect(try await bench.value("SELECT count(*) FROM pg_inherits", as: Int64.self) == 0)
        }
    }
}
