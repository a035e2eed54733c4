import Basics
import Postgres
import Testing

@testable import Migrations

@Suite("The schema of the product itself") struct ProductSchemaTests {
    private func productFolder() throws -> MigrationFolder {
        let tests = Files.parent(of: Files.parent(of: Files.parent(of: #filePath)))
        return try MigrationFolder(reading: "\(Files.parent(of: tests))/schema/migrations")
    }

    @Test("Nothing but notes is said about its migrations where nothing exists yet")
    func lint() throws {
        let migrations = try productFolder().migrations.map {
            LintedMigration(name: $0.name, statements: try $0.script().statements)
        }
        let findings = MigrationLint.findings(in: migrations, on: .empty)
        #expect(findings.filter { $0.severity > .note }.map(\.summary) == [])
    }

    @Test("What it consists of, written as one migration, makes the same schema")
    func written() async throws {
        try await withWorkbench { bench in
            _ = try await bench.migrator().deploy(try productFolder())
            let wanted = try await SchemaCatalog(reading: bench.session)
            #expect(wanted.others == [])
            let text = SchemaDifference(from: SchemaCatalog(), to: wanted).sql
            let names = wanted.objects(.extension).map { quoteIdentifier($0.name.name) }.joined(separator: ", ")
            try await bench.session.execute(
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP EXTENSION IF EXISTS \(names)")
            try await bench.session.execute(text)
            let reached = try await SchemaCatalog(reading: bench.session)
            let left = SchemaDifference(from: reached, to: wanted)
            #expect(reached == wanted, "\(left.sql)")
        }
    }
}
