import Loop
import Postgres
import PostgresTestSupport
import Testing

@testable import Migrations

@Suite("What the lint claims of locks is what PostgreSQL does") struct LockTruthTests {
    @Test("Each statement takes the locks that are claimed, no more and no less, and rewrites what is claimed")
    func everyStatement() async throws {
        try await withSession { session, _ in
            try await session.execute(LockCase.scene)
            let scene = LintScene(try await LintedDatabase(reading: session))
            for item in LockCase.all {
                let source = try #require(try SQLScript(item.sql).statements.first)
                let claimed = Deeds(claimed: SchemaStatement(source).locks(scene))
                let seen = try await Deeds(of: item.sql, session)
                #expect(claimed.locks == seen.locks, "the locks of \(item.sql)")
                #expect(claimed.rewritten == seen.rewritten, "the rewrites of \(item.sql)")
            }
        }
    }

    @Test("A type change is claimed to read every row only where SET NOT NULL has no check to rely on")
    func checkedColumn() async throws {
        try await withSession { session, _ in
            try await session.execute(LockCase.scene)
            let scene = LintScene(try await LintedDatabase(reading: session))
            let statements = try SQLScript(
                """
                ALTER TABLE booking ALTER COLUMN note SET NOT NULL;
                ALTER TABLE booking ALTER COLUMN id SET NOT NULL;
                """
            ).statements
            #expect(statements.map { SchemaStatement($0).locks(scene).map(\.scans) } == [[false], [true]])
        }
    }

    @Test(
        "CONCURRENTLY takes the claimed lock, seen while it waits",
        arguments: [
            "CREATE INDEX CONCURRENTLY i ON booking (big)", "DROP INDEX CONCURRENTLY booking_id",
            "REINDEX TABLE CONCURRENTLY booking", "VACUUM booking", "VACUUM FULL booking",
            "VACUUM (ANALYZE, FULL) booking", "ALTER TABLE event DETACH PARTITION event_old CONCURRENTLY",
        ])
    func outsideTransaction(sql: String) async throws {
        try await withDatabase { options, loop in
            let session = try await PostgresSession.connect(options, on: loop)
            let other = try await PostgresSession.connect(options, on: loop)
            defer {
                session.close()
                other.close()
            }
            try await session.execute(LockCase.scene)
            let database = try await LintedDatabase(reading: session)
            let statement = SchemaStatement(try #require(try SQLScript(sql).statements.first))
            #expect(statement.wantsToStandAlone != nil)
            let claim = try #require(statement.locks(LintScene(database)).first)
            try await session.query("BEGIN")
            try await session.query("LOCK TABLE \(claim.table) IN SHARE UPDATE EXCLUSIVE MODE")
            async let running: Void = other.execute(sql)
            var mode: String?
            while mode == nil {
                let rows = try await session.query(
                    "SELECT mode FROM pg_locks WHERE relation = $1::text::regclass AND NOT granted",
                    claim.table.description)
                mode = try rows.first?[0, as: String.self]
            }
            try await session.query("ROLLBACK")
            try await running
            #expect(mode == claim.level.mode)
        }
    }
}

/// What a statement does to the tables, claimed or seen.
private struct Deeds {
    /// The locks by which anybody can be stopped.
    var locks: [String: LockLevel] = [:]
    var rewritten: Set<String> = []

    init(claimed: [TableLock]) {
        for lock in claimed {
            if lock.level >= .rowExclusive { locks[lock.table.name] = lock.level }
            if lock.rewrites { rewritten.insert(lock.table.name) }
        }
    }

    /// Runs it and takes it back.
    init(of sql: String, _ session: PostgresSession) async throws {
        try await session.query("BEGIN")
        let before = try await Self.files(session)
        do { try await session.execute(sql) } catch { Issue.record(error, "\(sql)") }
        for row in try await session.query(Self.held) {
            let (table, modes) = try row.values(as: Int.self, [String].self)
            guard let name = before[table]?.name else { continue }
            let level = LockLevel.allCases.last { modes.contains($0.mode) }
            if let level, level >= .rowExclusive { locks[name] = level }
        }
        let after = try await Self.files(session)
        try await session.query("ROLLBACK")
        for (table, old) in before {
            // A table that is emptied gets a new file, too, and nothing is written into it.
            guard !sql.hasPrefix("TRUNCATE"), let new = after[table], new.file != old.file else { continue }
            rewritten.insert(old.name)
        }
    }

    private static let held = """
        SELECT relation::bigint, array_agg(DISTINCT mode) FROM pg_locks
        WHERE pid = pg_backend_pid() AND locktype = 'relation' GROUP BY 1
        """

    private static func files(_ session: PostgresSession) async throws -> [Int: (name: String, file: Int?)] {
        let rows = try await session.query(
            """
            SELECT oid::bigint, relname::text, pg_relation_filenode(oid)::bigint FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
            """)
        var files: [Int: (name: String, file: Int?)] = [:]
        for row in rows {
            let (table, name, file) = try row.values(as: Int.self, String.self, Int?.self)
            files[table] = (name, file)
        }
        return files
    }
}
