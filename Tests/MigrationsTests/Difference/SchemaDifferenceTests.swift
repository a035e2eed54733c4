import Basics
import Glibc
import Loop
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

@testable import Migrations

@Suite("The difference of two schemas turns one into the other") struct SchemaDifferenceTests {
    /// Empties the schema, and makes what the statements make.
    private func make(_ statements: [String], _ session: PostgresSession) async throws -> SchemaCatalog {
        try await session.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; \(dropExtensions)")
        for statement in statements {
            do { try await session.execute(statement) } catch {
                Issue.record(error, "\(statement)")
                throw error
            }
        }
        return try await SchemaCatalog(reading: session)
    }

    private var dropExtensions: String { "DROP EXTENSION IF EXISTS citext, pg_trgm" }

    /// Until when to look beyond the usual number of cases.
    private var end: ContinuousClock.Instant {
        let seconds = getenv("PARLOR_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) } ?? 0
        return .now + .seconds(seconds)
    }

    @Test("Between random schemas, either way, on a real server; between a schema and itself there is none")
    func random() async throws {
        try await withSession { session, _ in
            var generator = SeededGenerator()
            let end = end
            var rounds = 0
            while rounds < 8 || ContinuousClock.now < end {
                rounds += 1
                let (first, second) = (RandomSchema(&generator), RandomSchema(&generator))
                let target = try await make(second.statements, session)
                let source = try await make(first.statements, session)
                #expect(SchemaDifference(from: source, to: source).isEmpty)
                let difference = SchemaDifference(from: source, to: target)
                do {
                    try await session.execute(difference.sql.isEmpty ? "SELECT 1" : difference.sql)
                } catch {
                    Issue.record(
                        error,
                        """
                        \(generator.note)
                        \(String(reflecting: error).prefix(700))
                        \(difference.sql)
                        \(first.statements.joined(separator: ";\n"))
                        """
                    )
                    return
                }
                let reached = try await SchemaCatalog(reading: session)
                let left = SchemaDifference(from: reached, to: target)
                // The catalogues themselves would be pages of text.
                let isReached = reached == target
                #expect(isReached, "\(generator.note)\n\(left.sql)\n---\n\(difference.sql)")
                guard isReached else { return }
            }
        }
    }
}
