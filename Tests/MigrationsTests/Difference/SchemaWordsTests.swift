import Postgres
import PostgresTestSupport
import Testing

@testable import Migrations

@Suite("A difference in words") struct SchemaWordsTests {
    private func difference(_ before: String, _ after: String) async throws -> SchemaDifference {
        SchemaDifference(from: try await withCatalog(of: before), to: try await withCatalog(of: after))
    }

    @Test("It reads as Prisma writes, and warns of what may be lost")
    func text() async throws {
        let difference = try await difference(
            """
            CREATE TABLE "Old" (id integer);
            CREATE TABLE "User" ("id" SERIAL PRIMARY KEY, "name" text, "age" integer);
            """,
            """
            CREATE TYPE "Role" AS ENUM ('USER');
            CREATE TABLE "User" ("id" SERIAL PRIMARY KEY, "name" varchar(9) NOT NULL,
                "role" "Role" NOT NULL DEFAULT 'USER');
            CREATE TABLE "Post" ("id" BIGSERIAL NOT NULL, "userId" integer NOT NULL,
                CONSTRAINT "Post_pkey" PRIMARY KEY ("id"));
            CREATE INDEX "Post_userId_idx" ON "Post" ("userId");
            ALTER TABLE "Post" ADD CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id");
            """)
        #expect(
            difference.sql == """
                /*
                  Warnings:

                  - The column `age` of `User` is dropped, and what is in it.
                  - The table `Old` is dropped, and all of its rows.
                  - The column `name` of `User` goes from text to character varying(9): what does not fit is changed, \
                or makes this fail.
                */
                -- AlterTable
                ALTER TABLE "User" DROP COLUMN "age";

                -- DropTable
                DROP TABLE "Old";

                -- CreateEnum
                CREATE TYPE "Role" AS ENUM ('USER');

                -- CreateTable
                CREATE TABLE "Post" (
                    "id" BIGSERIAL NOT NULL,
                    "userId" integer NOT NULL,

                    CONSTRAINT "Post_pkey" PRIMARY KEY (id)
                );

                -- AlterTable
                ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE character varying(9);
                ALTER TABLE "User" ALTER COLUMN "name" SET NOT NULL;

                -- AlterTable
                ALTER TABLE "User" ADD COLUMN "role" "Role" NOT NULL DEFAULT 'USER'::"Role";

                -- CreateIndex
                CREATE INDEX "Post_userId_idx" ON "Post" USING btree ("userId");

                -- AddForeignKey
                ALTER TABLE "Post" ADD CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"(id);

                """)
    }

    @Test("A label that nothing uses yet is added in place, and one that goes makes a new type")
    func labels() async throws {
        let added = try await difference(
            "CREATE TYPE mood AS ENUM ('a', 'c')", "CREATE TYPE mood AS ENUM ('a', 'b', 'c', 'd')")
        #expect(
            added.changes.flatMap(\.statements) == [
                "ALTER TYPE \"mood\" ADD VALUE 'b' AFTER 'a'", "ALTER TYPE \"mood\" ADD VALUE 'd'",
            ])
        let gone = try await difference("CREATE TYPE mood AS ENUM ('a', 'c')", "CREATE TYPE mood AS ENUM ('a')")
        #expect(gone.risks == ["The values [c] of the enum `mood` go: this fails where one is used."])
    }

    @Test("What cannot be written as SQL is told")
    func unmended() async throws {
        let difference = try await difference("SELECT 1", "CREATE TYPE pair AS (a integer, b integer)")
        #expect(difference.changes == [])
        #expect(difference.unmended == ["type pair is missing and must be made by hand"])
    }

    @Test("Extensions that somebody else has installed stay, when asked")
    func extensions() async throws {
        let (with, without) = (
            try await withCatalog(of: "CREATE EXTENSION citext"), try await withCatalog(of: "SELECT 1")
        )
        #expect(SchemaDifference(from: with, to: without, keepingExtensions: true).isEmpty)
        #expect(SchemaDifference(from: with, to: without).changes.map(\.title) == ["DropExtension"])
    }

    @Test("An expression that the server would write differently the second time is taken as it will be")
    func settled() {
        let first = "CHECK (((name)::text = ANY ((ARRAY['a,]'::character varying, 'b'''::character varying])::text[])))"
        let second =
            "CHECK (((name)::text = ANY (ARRAY[('a,]'::character varying)::text, ('b'''::character varying)::text])))"
        #expect(SettledExpression.settled(first) == second)
        #expect(SettledExpression.settled(second) == second)
        #expect(SettledExpression.settled("((ARRAY[1, 2])::bigint[])") == "((ARRAY[1, 2])::bigint[])")
    }
}

/// The catalog of a new database after these statements.
private func withCatalog(of sql: String) async throws -> SchemaCatalog {
    try await withSession { session, _ in
        try await session.execute(sql)
        return try await SchemaCatalog(reading: session)
    }
}
