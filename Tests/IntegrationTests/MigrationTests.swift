import Basics
import Glibc
import JSONText
import Postgres
import SystemTestSupport
import Testing

/// Migrations of the private database, by the program as its users run it.
@Suite struct MigrationTests {
    private static let texts = [
        "20260101000000_tables": """
        CREATE TABLE salon (id int PRIMARY KEY, name text);
        INSERT INTO salon SELECT n, 'salon ' || n FROM generate_series(1, 500) n;
        CREATE TABLE chair (salon int REFERENCES salon);
        """,
        "20260102000000_index": "CREATE UNIQUE INDEX CONCURRENTLY salon_name ON salon (name)",
        "20260103000000_more": "ALTER TABLE salon ADD city text; UPDATE salon SET city = 'Porto'",
    ]

    /// What a run that is killed must have in common with one that is not.
    private struct Result: Equatable {
        var objects: [String]
        var rows: [String]
    }

    private func write(in system: ParlorSystem, _ name: String) throws -> String {
        let folder = "\(system.place)/\(name)"
        for (migration, text) in Self.texts {
            try Files.makeFolder("\(folder)/\(migration)", mode: 0o755)
            try Files.writeAtomically(text, to: "\(folder)/\(migration)/migration.sql", mode: 0o644)
        }
        return folder
    }

    private func result(_ system: ParlorSystem, _ schema: String) async throws -> Result {
        try await system.withDatabase { database in
            let objects = try await database.query(
                """
                SELECT replace(pg_get_indexdef(indexrelid), $1, 'S') || ' ' || indisvalid FROM pg_index
                JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = to_regnamespace($1)
                UNION ALL
                SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
                WHERE table_schema = $1
                UNION ALL
                SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
                WHERE connamespace = to_regnamespace($1) AND contype = 'p' ORDER BY 1
                """, schema)
            let rows = try await database.query(
                """
                SELECT concat_ws(' ', migration_name, checksum, applied_steps_count, finished_at IS NOT NULL,
                    rolled_back_at IS NULL, logs IS NULL)
                FROM \(quoteIdentifier(schema))._prisma_migrations ORDER BY started_at
                """)
            return Result(objects: try objects.map { try $0[0] }, rows: try rows.map { try $0[0] })
        }
    }

    @Test("A deploy that is killed at any statement and started again ends like one that was not")
    func killed() async throws {
        try await SharedSystem.with { system in
            let folder = try write(in: system, "killed")
            func words(_ schema: String) -> [String] {
                ["migrate", "deploy", "--migrations", folder, "--set", "database.schema=\(schema)"]
            }
            let whole = try await system.start(words("whole")).outcome()
            #expect(whole.code == 0 && whole.output.hasSuffix("3 migrations applied\n"), "\(whole)")
            let expected = try await result(system, "whole")
            #expect(expected.rows.count == 3 && expected.objects.contains { $0.hasSuffix(" true") })

            let statements = [
                "1/3  CREATE TABLE salon", "2/3  INSERT INTO salon", "3/3  CREATE TABLE chair",
                "1/1  CREATE UNIQUE INDEX", "1/2  ALTER TABLE salon", "2/2  UPDATE salon", "3 migrations applied",
            ]
            for (number, statement) in statements.enumerated() {
                let victim = try system.start(words("killed_\(number)"))
                try await victim.says(statement)
                try await victim.end(SIGKILL)
                let again = try await system.start(words("killed_\(number)")).outcome()
                #expect(again.code == 0, "killed at \(statement): \(again)")
                #expect(try await result(system, "killed_\(number)") == expected, "killed at \(statement): \(again)")
            }
        }
    }

    @Test("Ctrl-C ends what the server works on, and the next deploy goes on")
    func calledOff() async throws {
        try await SharedSystem.with { system in
            let folder = try write(in: system, "called_off")
            let file = "\(folder)/20260103000000_more/migration.sql"
            try Files.writeAtomically("SELECT pg_sleep(600)", to: file, mode: 0o644)
            let words = ["migrate", "deploy", "--migrations", folder, "--set", "database.schema=called_off"]
            let victim = try system.start(words)
            try await victim.says("1/1  SELECT")
            let outcome = try await victim.end(SIGINT)
            expectRefusal(outcome, .cancelled, "Run the same command again")
            let active = "SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(6%' AND state = 'active'"
            let isOver = try await system.withDatabase { try await $0.query(active).isEmpty }
            #expect(isOver)
            try Files.writeAtomically(Self.texts["20260103000000_more"] ?? "", to: file, mode: 0o644)
            let again = try await system.start(words).outcome()
            #expect(again.output.contains("20260103000000_more (1 of 1), in one transaction; goes on"), "\(again)")
        }
    }

    @Test("Status, deploy, resolve and rollback speak to people and to programs")
    func commands() async throws {
        try await SharedSystem.with { system in
            let folder = try write(in: system, "spoken")
            let options = ["--migrations", folder, "--set", "database.schema=spoken"]
            func run(_ words: String...) async throws -> Outcome {
                try await system.start(["migrate"] + words + options).outcome()
            }
            let pending = try await run("status", "--json")
            #expect(pending.code == ErrorCode.migration.exitStatus)
            #expect(try pending.json["up_to_date"] == false)
            let plan = try await run("deploy", "--dry-run")
            #expect(plan.output.contains("20260102000000_index (2 of 3), alone, outside of a transaction\n"))
            let deployed = try await run("deploy", "--json")
            #expect(try deployed.json["applied"]?.elements?.count == 3, "\(deployed)")
            #expect(try await run("status").output.hasSuffix("\nevery migration is applied\n"))

            try Files.writeAtomically(
                "ALTER TABLE nowhere ADD x int", to: "\(folder)/20260103000000_more/migration.sql")
            #expect(try await run("status").output.contains("its file was edited afterwards"))
            try Files.makeFolder("\(folder)/20260104000000_bad", mode: 0o755)
            try Files.writeAtomically("DROP TABLE nowhere", to: "\(folder)/20260104000000_bad/migration.sql")
            expectRefusal(try await run("deploy"), .migration, "(P3018)", "table \"nowhere\" does not exist")
            let refused = try await run("deploy", "--json")
            #expect(try JSON(reading: refused.error)["error"]?["reference"] == "P3009", "\(refused)")
            #expect(try await run("resolve", "--rolled-back", "20260104000000_bad").code == 0)
            expectRefusal(try await run("rollback"), .migration, "recovery_target_name")
            expectRefusal(try await run("reset"), .notConfirmed)
            expectRefusal(try await run("resolve"), .usage)
        }
    }
}
