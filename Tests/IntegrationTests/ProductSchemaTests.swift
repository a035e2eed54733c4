import Basics
import JSONText
import Postgres
import SystemTestSupport
import Testing

/// The product's own schema in a system that was brought up with it.
@Suite struct ProductSchemaTests {
    private static let folder = "\(Files.parent(of: Files.parent(of: Files.parent(of: #filePath))))/schema/migrations"

    @Test("A start brings its database to the migrations, which then are no drift, and a seed fills it")
    func start() async throws {
        try await ParlorSystem.with("product-schema", .new, ["PARLOR_DATABASE_MIGRATIONS": Self.folder]) { system in
            _ = try await system.succeed("up", "--solo", "--detach")
            let status = try JSON(reading: try await system.succeed("migrate", "status", "--json").output)
            #expect(status["up_to_date"] == .bool(true))
            let drift = try await system.succeed("migrate", "diff")
            #expect(drift.output.contains("the database is what its migrations make"), "\(drift)")
            let seeded = try JSON(reading: try await system.succeed("seed", "--demo", "--json").output)
            #expect(seeded["rows"] != nil)
            let owners = try await system.withDatabase { database in
                try await database.query(
                    """
                    SELECT DISTINCT pg_get_userbyid(relowner)::text FROM pg_class
                    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                    """
                ).map { try $0[0, as: String.self] }
            }
            #expect(owners == ["migrator"])
        }
    }

    @Test("A migration that fails keeps the service from starting, and says why")
    func failing() async throws {
        try await ParlorSystem.with("failing-migration", .new) { system in
            let folder = "\(system.place)/migrations"
            try Files.makeFolder("\(folder)/1_bad", mode: 0o755)
            try Files.writeAtomically("SELECT missing", to: "\(folder)/1_bad/migration.sql", mode: 0o644)
            let outcome = try await system.with(["PARLOR_DATABASE_MIGRATIONS": folder]).run("up", "--solo")
            #expect(outcome.code != 0)
            #expect(outcome.description.contains("P3018") || outcome.description.contains("P3009"), "\(outcome)")
        }
    }
}
