import Testing

@testable import Migrations

@Suite("The catalog decides what is done about a statement that runs alone") struct LoneDecisionTests {
    private static let effects: [(String, LoneStatement.Effect)] = [
        ("CREATE INDEX CONCURRENTLY i ON t (x)", .index("i", on: ObjectName("t"))),
        ("DROP INDEX CONCURRENTLY i", .noIndex(ObjectName("i"))),
        ("REINDEX TABLE CONCURRENTLY t", .reindex(.table(ObjectName("t")))),
        ("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", .detached(ObjectName("p"), from: ObjectName("t"))),
        ("CREATE DATABASE d", .database("d")), ("DROP DATABASE d", .noDatabase("d")), ("VACUUM", .repeatable),
        ("CREATE TABLESPACE t LOCATION '/x'", .unknown),
    ]

    private static let traces: [CatalogTrace] = [.absent, .present, .leftovers(["a", "b"]), .halfDetached]

    /// All that can be met: every effect, every trace, begun before or not.
    private static let cases = effects.flatMap { effect in
        traces.flatMap { trace in [(effect.0, trace, false), (effect.0, trace, true)] }
    }

    @Test("Every case there is", arguments: cases)
    func decision(text: String, trace: CatalogTrace, hasBegun: Bool) throws {
        let lone = try #require(LoneStatement(SQLScript(text).statements[0]))
        let expected: [LoneAction] =
            switch (lone.effect, trace, hasBegun) {
            // What is complete was made by the run that was cut short.
            case (.index, .present, true), (.database, .present, true): []
            // What is gone was dropped by it.
            case (.noIndex, .absent, true), (.noDatabase, .absent, true), (.detached, .absent, true): []
            case (.detached, .halfDetached, _): [.finalizeDetachment]
            case (_, .leftovers, _): [.dropIndex("a"), .dropIndex("b"), .run]
            default: [.run]
            }
        #expect(lone.actions(trace, hasBegun: hasBegun) == expected)
    }

    @Test("A row promises that the catalog will tell only where it can")
    func traceable() throws {
        func isTraceable(_ text: String, _ trace: CatalogTrace) throws -> Bool {
            try #require(LoneStatement(SQLScript(text).statements[0])).isTraceable(trace)
        }
        #expect(try isTraceable("CREATE INDEX CONCURRENTLY i ON t (x)", .absent))
        #expect(try isTraceable("CREATE INDEX CONCURRENTLY i ON t (x)", .leftovers(["i"])))
        // It was there before, so its being there afterwards would prove nothing.
        #expect(try !isTraceable("CREATE INDEX CONCURRENTLY i ON t (x)", .present))
        #expect(try !isTraceable("DROP INDEX CONCURRENTLY i", .absent))
        #expect(try !isTraceable("CREATE TABLESPACE t LOCATION '/x'", .absent))
        #expect(try isTraceable("VACUUM", .absent))
    }
}
