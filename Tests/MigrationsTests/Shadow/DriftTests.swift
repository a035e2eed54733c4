import Basics
import Postgres
import TestSupport
import Testing

@testable import Migrations

@Suite("Drift between files and database") struct DriftTests {
    private let files = folder([
        "20260101000000_init": """
        CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
        CREATE TABLE "User" ("id" SERIAL NOT NULL, "email" VARCHAR(90) NOT NULL, "role" "Role" NOT NULL DEFAULT 'USER',
            CONSTRAINT "User_pkey" PRIMARY KEY ("id"),
            CONSTRAINT "User_email_check" CHECK ("email" IN ('a', 'b', 'c')));
        """,
        "20260102000000_index": "CREATE INDEX CONCURRENTLY \"User_email_idx\" ON \"User\"(\"email\");",
    ])

    @Test("A database that its migrations have made has none")
    func none() async throws {
        try await withWorkbench { bench in
            _ = try await bench.migrator().deploy(files)
            let drift = try await bench.migrator().drift(files)
            #expect(drift.difference.isEmpty && drift.pending == [])
        }
    }

    @Test("What is pending is no drift")
    func pending() async throws {
        try await withWorkbench { bench in
            _ = try await bench.migrator().deploy(MigrationFolder(path: "", migrations: [files.migrations[0]]))
            let drift = try await bench.migrator().drift(files)
            #expect(drift.difference.isEmpty)
            #expect(drift.pending == ["20260102000000_index"])
        }
    }

    @Test("The SQL mends the database, and a second look finds nothing")
    func mending() async throws {
        try await withWorkbench { bench in
            _ = try await bench.migrator().deploy(files)
            try await bench.session.execute(
                """
                ALTER TABLE "User" DROP COLUMN "role";
                CREATE TABLE "Stray" (id integer);
                DROP INDEX "User_email_idx";
                """)
            let drift = try await bench.migrator().drift(files)
            #expect(drift.difference.risks == ["The table `Stray` is dropped, and all of its rows."])
            try await bench.session.execute(drift.difference.sql)
            let again = try await bench.migrator().drift(files)
            #expect(again.difference.isEmpty, "\(again.difference.sql)")
        }
    }

    @Test("A database without a history is compared with all of the files")
    func withoutHistory() async throws {
        try await withWorkbench { bench in
            let drift = try await bench.migrator().drift(files)
            #expect(drift.pending == [])
            #expect(drift.difference.changes.map(\.title).contains("CreateTable"))
        }
    }

    @Test("Partitions that a maintenance job has made are left out when asked")
    func partitions() async throws {
        let files = folder(["1_init": "CREATE TABLE log (at date NOT NULL) PARTITION BY RANGE (at)"])
        try await withWorkbench { bench in
            _ = try await bench.migrator().deploy(files)
            try await bench.session.execute(
                "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')")
            let all = try await bench.migrator().drift(files)
            #expect(all.difference.changes.map(\.title) == ["DropTable"])
            let without = try await bench.migrator().drift(files, withoutPartitions: true)
            #expect(without.difference.isEmpty)
        }
    }

    @Test("A history that the files do not tell is refused")
    func history() async throws {
        try await withWorkbench { bench in
            _ = try await bench.migrator().deploy(files)
            let edited = folder(["20260101000000_init": "SELECT 1", "20260102000000_index": files.migrations[1].text])
            let first = await #expect(throws: ParlorError.self) { try await bench.migrator().drift(edited) }
            #expect(first?.what == "20260101000000_init was edited after it had been applied")
            let missing = MigrationFolder(path: "", migrations: [files.migrations[0]])
            let second = await #expect(throws: ParlorError.self) { try await bench.migrator().drift(missing) }
            #expect(second?.what == "20260102000000_index was applied and its folder is gone")
        }
    }
}

@Suite("A migration out of what was changed in the database") struct DraftTests {
    @Test("It is written, recorded as Prisma would, and makes the same schema elsewhere")
    func whole() async throws {
        try await withTemporaryFolder { path in
            try await withWorkbench { bench in
                var folder = MigrationFolder(path: path, migrations: [])
                _ = try await bench.migrator().deploy(folder)
                for (name, sql) in [
                    ("init", "CREATE TYPE mood AS ENUM ('calm'); CREATE TABLE guest (id serial PRIMARY KEY, m mood)"),
                    ("more", "ALTER TYPE mood ADD VALUE 'glad'; ALTER TABLE guest ADD COLUMN name text NOT NULL"),
                ] {
                    try await bench.session.execute(sql)
                    let draft = try await bench.migrator().draft(name, of: folder)
                    try await bench.migrator().write(draft, into: folder, isApplied: true)
                    folder = try MigrationFolder(reading: path)
                    let drift = try await bench.migrator().drift(folder)
                    #expect(drift.difference.isEmpty, "\(drift.difference.sql)")
                }
                let rows = try await bench.rows()
                #expect(rows.map(\.name) == folder.migrations.map(\.name))
                #expect(rows.map(\.checksum) == folder.migrations.map(\.checksum.text))
                #expect(rows.allSatisfy { $0.startedAt == $0.finishedAt && $0.appliedSteps == 0 })
                #expect(try Files.readText("\(path)/migration_lock.toml").contains("provider = \"postgresql\""))
                let again = try await bench.migrator().draft("again", of: folder)
                #expect(again.difference.isEmpty)
            }
        }
    }

    @Test("It is shown with what it would do to large tables, although these are small")
    func findings() async throws {
        try await withWorkbench { bench in
            let files = folder(["20260101000000_init": "CREATE TABLE guest (id integer)"])
            _ = try await bench.migrator().deploy(files)
            try await bench.session.execute("CREATE INDEX guest_id ON guest (id)")
            let draft = try await bench.migrator().draft("index", of: files)
            #expect(draft.findings.contains { $0.rule == .indexWithoutConcurrently && $0.severity == .danger })
        }
    }

    @Test("Its name is of the time, later than all others, and plain")
    func names() throws {
        let now = Timestamp(seconds: 1_770_000_000)
        let name = try MigrationDraft.folderName("add_x", at: now, behind: [])
        #expect(name == "20260202024000_add_x")
        let later = try MigrationDraft.folderName("b", at: now, behind: [Migration(name: name, text: "")])
        #expect(later == "20260202024001_b")
        for wrong in ["", "Add x", "ä", "a/b", "../up", String(repeating: "a", count: 201)] {
            #expect(throws: ParlorError.self) { try MigrationDraft.folderName(wrong, at: now, behind: []) }
        }
        let thrown = #expect(throws: ParlorError.self) {
            try MigrationDraft.folderName("Add Bookings", at: now, behind: [])
        }
        #expect(thrown?.hint == "Call it add_bookings.")
    }
}
