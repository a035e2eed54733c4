import Basics
import Migrations
import Postgres
import Testing

@Suite("What became of a migration can be said by hand") struct ResolutionTests {
    private static let texts = folder(
        ["1_a": "CREATE TABLE a ()", "2_b": "CREATE TABLE b (x int)"],
        down: ["2_b": "DROP TABLE b"])

    private func reference(_ body: () async throws -> Void) async -> String? {
        await #expect(throws: ParlorError.self) { try await body() }?.reference
    }

    @Test("One that failed and is called applied has a closed row and one as Prisma writes it")
    func applied() async throws {
        try await withWorkbench { (bench) async throws in
            let broken = folder(["1_a": "CREATE TABLE a (); CREATE TABLE a ()"])
            await #expect(throws: ParlorError.self) { try await bench.migrator().deploy(broken) }
            try await bench.migrator().markApplied("1_a", in: broken)
            let rows = try await bench.rows()
            #expect(rows.map(\.state) == [.rolledBack, .applied])
            #expect(rows[1].startedAt == rows[1].finishedAt)
            #expect(rows[1].logs == "" && rows[1].appliedSteps == 0)
            #expect(try await bench.migrator().status(broken).isUpToDate)
        }
    }

    @Test("What cannot be so is refused under Prisma's code")
    func refusals() async throws {
        try await withWorkbench { (bench) async throws in
            #expect(await reference { try await bench.migrator().markRolledBack("1_a") } == "P3011")
            _ = try await bench.migrator().deploy(Self.texts)
            #expect(await reference { try await bench.migrator().markApplied("1_a", in: Self.texts) } == "P3008")
            #expect(await reference { try await bench.migrator().markApplied("1_", in: Self.texts) } == "P3017")
            #expect(await reference { try await bench.migrator().markRolledBack("1_a") } == "P3012")
        }
    }

    @Test("A database that was there before is adopted, row by row as Prisma resolves")
    func baseline() async throws {
        try await withWorkbench { (bench) async throws in
            await #expect(throws: ParlorError.self) { try await bench.migrator().baseline(Self.texts) }
            try await bench.session.execute("CREATE TABLE a (); CREATE TABLE b (x int)")
            #expect(try await bench.migrator().baseline(Self.texts) == ["1_a", "2_b"])
            #expect(try await bench.migrator().baseline(Self.texts).isEmpty)
            #expect(try await bench.rows().map(\.state) == [.applied, .applied])
            #expect(try await bench.migrator().deploy(Self.texts).items.isEmpty)
        }
    }

    @Test("The newest migration is taken back by its down.sql, and a deploy runs it again")
    func rollback() async throws {
        try await withWorkbench { (bench) async throws in
            #expect(await reference { _ = try await bench.migrator().rollBack(in: Self.texts) } == "P3011")
            _ = try await bench.migrator().deploy(Self.texts)
            #expect(try await bench.migrator().planRollback(in: Self.texts).record.name == "2_b")
            await #expect(throws: ParlorError.self) { try await bench.migrator().rollBack("1_a", in: Self.texts) }
            #expect(try await bench.migrator().rollBack("2_b", in: Self.texts).record.name == "2_b")
            #expect(try await bench.value("SELECT to_regclass('b') IS NULL"))
            #expect(try await bench.rows().map(\.state) == [.applied, .rolledBack])
            #expect(try await bench.migrator().status(Self.texts).names(.pending) == ["2_b"])
            #expect(try await bench.migrator().deploy(Self.texts).items.map(\.name) == ["2_b"])
        }
    }

    @Test("Without a down.sql the way back is told: the restore point and the time")
    func wayBack() async throws {
        try await withWorkbench { (bench) async throws in
            _ = try await bench.migrator().deploy(folder(["1_a": "CREATE TABLE a ()"]))
            let row = try #require(try await bench.rows().first)
            let error = await #expect(throws: ParlorError.self) {
                try await bench.migrator().rollBack(in: folder(["1_a": "CREATE TABLE a ()"]))
            }
            #expect(error?.hint?.contains("recovery_target_name = '\(row.restorePoint)'") == true)
            #expect(error?.hint?.contains("recovery_target_time = '\(row.startedAt.rfc3339)'") == true)
        }
    }

    @Test("A down.sql that fails changes nothing")
    func failedRollback() async throws {
        try await withWorkbench { (bench) async throws in
            let texts = folder(["1_a": "CREATE TABLE a ()"], down: ["1_a": "DROP TABLE a;\nDROP TABLE nowhere;"])
            _ = try await bench.migrator().deploy(texts)
            let error = await #expect(throws: ParlorError.self) { try await bench.migrator().rollBack(in: texts) }
            #expect(error?.why == "line 2, DROP TABLE nowhere: table \"nowhere\" does not exist (42P01)")
            #expect(try await bench.value("SELECT to_regclass('a') IS NOT NULL"))
            #expect(try await bench.rows().map(\.state) == [.applied])
        }
    }

    @Test("A reset leaves nothing of the schema but its owner and rights, and deploys")
    func reset() async throws {
        try await withWorkbench { (bench) async throws in
            let role = "role_\(RandomIdentifier.hex(bytes: 4))"
            _ = try await bench.migrator().deploy(Self.texts)
            try await bench.session.execute(
                "CREATE ROLE \(role); GRANT USAGE ON SCHEMA public TO \(role); CREATE TABLE stray (); INSERT INTO b VALUES (1)"
            )
            let rights = "SELECT nspowner::regrole::text || nspacl::text FROM pg_namespace WHERE nspname = 'public'"
            let before: String = try await bench.value(rights)
            #expect(try await bench.migrator().reset(Self.texts).items.count == 2)
            #expect(try await bench.value("SELECT to_regclass('stray') IS NULL"))
            #expect(try await bench.value("SELECT count(*) FROM b", as: Int64.self) == 0)
            #expect(try await bench.value(rights) == before)
            try await bench.session.execute("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }
}
