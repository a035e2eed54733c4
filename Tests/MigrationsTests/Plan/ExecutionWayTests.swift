import Basics
import Testing

@testable import Migrations

@Suite("The statements of a file decide how it is run") struct ExecutionWayTests {
    private func way(_ text: String) throws -> ExecutionWay { try ExecutionWay(SQLScript(text), of: "1_a") }

    @Test(
        "Ordinary files run in one transaction",
        arguments: [
            "", "-- nothing", "CREATE TABLE a (); CREATE INDEX i ON a (x);", "ALTER TYPE e ADD VALUE 'x'; SELECT 1",
            "REINDEX TABLE a; CLUSTER a USING i", "SAVEPOINT s; ROLLBACK TO s; RELEASE s", "CREATE TABLE vacuum ()",
            "ALTER TABLE a DETACH PARTITION b", "DO $$ BEGIN PERFORM 1; END $$", "CREATE DOMAIN d AS int",
            "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (connect = false)",
            "ALTER DATABASE d SET work_mem = '1MB'", "REINDEX (CONCURRENTLY false) TABLE t", "DISCARD TEMP",
            #"CREATE TABLE "begin" (); COMMENT ON TABLE "begin" IS 'commit; vacuum'"#,
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END", "SELECT $$ BEGIN; COMMIT; $$",
        ])
    func transaction(text: String) throws { #expect(try way(text) == .transaction) }

    @Test(
        "Files with transactions of their own run as they stand",
        arguments: [
            "BEGIN; CREATE TABLE a (); COMMIT", "START TRANSACTION; SELECT 1; END", "SELECT 1; ROLLBACK; SELECT 2",
            "ABORT", "begin work", "CALL fill()", "DO $$ BEGIN COMMIT; END $$",
            "BEGIN; PREPARE TRANSACTION 'a'", "COMMIT PREPARED 'a'",
        ])
    func verbatim(text: String) throws { #expect(try way(text) == .verbatim) }

    @Test(
        "A statement that the server refuses in a transaction runs alone, and what remains of it is known",
        arguments: [
            ("CREATE INDEX CONCURRENTLY i ON t (x)", LoneStatement.Effect.index("i", on: ObjectName("t"))),
            (
                #"create unique index concurrently if not exists "I" on only s."T" using btree (x)"#,
                .index("I", on: ObjectName(schema: "s", "T"))
            ),
            ("CREATE INDEX CONCURRENTLY ON t (x)", .unknown),
            ("DROP INDEX CONCURRENTLY IF EXISTS s.i", .noIndex(ObjectName(schema: "s", "i"))),
            ("REINDEX INDEX CONCURRENTLY i", .reindex(.index(ObjectName("i")))),
            ("REINDEX (VERBOSE, CONCURRENTLY) TABLE t", .reindex(.table(ObjectName("t")))),
            ("REINDEX SCHEMA CONCURRENTLY s", .reindex(.everything)), ("REINDEX DATABASE d", .repeatable),
            ("VACUUM (ANALYZE) t", .repeatable), ("VACUUM FULL t", .repeatable), ("CLUSTER", .repeatable),
            ("ALTER SYSTEM SET work_mem = '1MB'", .repeatable), ("CREATE DATABASE d", .database("d")),
            ("DROP DATABASE IF EXISTS d WITH (FORCE)", .noDatabase("d")),
            ("CREATE TABLESPACE t LOCATION '/'", .unknown),
            ("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", .detached(ObjectName("p"), from: ObjectName("t"))),
            ("ALTER DATABASE d SET TABLESPACE t", .repeatable), ("DISCARD ALL", .repeatable),
            ("CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p", .unknown), ("DROP SUBSCRIPTION s", .unknown),
            ("ALTER SUBSCRIPTION s REFRESH PUBLICATION", .unknown),
        ])
    func alone(text: String, effect: LoneStatement.Effect) throws {
        guard case .alone(let lone) = try way(text) else {
            Issue.record("\(text) does not run alone")
            return
        }
        #expect(lone.effect == effect)
    }

    @Test("A statement that must be alone and is not is refused with the line it stands in")
    func company() throws {
        let error = #expect(throws: ParlorError.self) {
            try way("CREATE TABLE a ();\n\nCREATE INDEX CONCURRENTLY i ON a (x)")
        }
        #expect(
            error?.why
                == "line 3 has CREATE INDEX CONCURRENTLY i ON a, which the server refuses beside other statements")
        #expect(error?.hint?.hasPrefix("Give that statement a migration of its own") == true)
    }

    @Test("A headline holds names and no values")
    func headline() throws {
        let headlines = try SQLScript(
            """
            INSERT INTO "Salon" (name) VALUES ('Ada''s'); UPDATE salon SET phone = '555'; ALTER TABLE s."T" ADD COLUMN x int
            """
        ).statements.map(\.headline)
        #expect(
            headlines == [#"INSERT INTO "Salon""#, "UPDATE salon SET phone", #"ALTER TABLE s."T" ADD COLUMN x int"#])
    }
}
