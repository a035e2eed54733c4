import Basics
import Migrations

extension Command {
    /// `parlor migrate diff`.
    static let migrateDiff = Command(
        CommandDeclaration(
            name: "diff",
            group: .database,
            summary: "Show how the database differs from what its migrations make",
            discussion: """
                Runs the migrations that have been applied on a shadow database beside the real one, which is dropped
                again, and compares the two schemas. Shows what differs, what may be lost, and the SQL that turns one
                into the other: with --to files what mends the database, with --to database what a migration would have
                to do. Who owns what, and who may use it, is not compared. Nothing is changed.
                """,
            options: [.driftDirection, .partitions, .json, .migrations],
            examples: [
                .init("parlor migrate diff", "Show the drift, and the SQL that mends the database"),
                .init("parlor migrate diff --to database", "Show what a migration would have to do"),
            ],
            success: "the database is what its migrations make",
            failures: [.cancelled, .drift] + ErrorCode.migrationFailures),
        work: { try await migrationDiff($0) })

    private static func migrationDiff(_ invocation: Invocation) async throws {
        let place = try await MigrationPlace(invocation)
        let word = invocation.command.value(of: .driftDirection) ?? ""
        let direction = SchemaDrift.Direction(rawValue: word) ?? .files
        let isWithoutPartitions = !invocation.command.has(.partitions)
        // Called off by Ctrl-C, it takes its shadow database away first.
        let drift = try await MigrationPrinter(invocation).printing(on: invocation.loop) {
            try await place.migrator().drift(place.folder, to: direction, withoutPartitions: isWithoutPartitions)
        }
        let terminal = invocation.terminal
        try terminal.write(
            invocation.command.has(.json)
                ? drift.json(to: direction).pretty + "\n"
                : drift.lines(to: direction).map { "\($0)\n" }.joined())
        if !drift.difference.isEmpty { throw AlreadySaid(.drift) }
    }
}

extension SchemaDrift {
    /// For people: what differs, then the SQL.
    func lines(to direction: Direction) -> [String] {
        let left =
            pending.isEmpty
            ? [] : ["", "left out, because they are not applied yet: \(pending.joined(separator: ", "))"]
        guard !difference.isEmpty else { return ["the database is what its migrations make"] + left }
        let goal = direction == .files ? "the database would have to" : "a migration would have to"
        let steps =
            difference.changes.map { "  \($0.summary.printable)" } + difference.unmended.map { "  \($0.printable)" }
        let sql = difference.sql
        return ["the database differs from what its migrations make; \(goal)"] + steps + left
            + (sql.isEmpty ? [] : ["", sql.hasSuffix("\n") ? String(sql.dropLast()) : sql])
    }

    /// For programs.
    func json(to direction: Direction) -> JSON {
        [
            "differs": .bool(!difference.isEmpty), "to": .string(direction.rawValue),
            "changes": .array(difference.changes.map(\.json)),
            "unmended": .array(difference.unmended.map { .string($0) }),
            "pending": .array(pending.map { .string($0) }), "sql": .string(difference.sql),
        ]
    }
}

extension SchemaChange {
    /// For programs.
    var json: JSON {
        [
            "title": .string(title), "summary": .string(summary), "risk": .string(risk),
            "statements": .array(statements.map { .string($0) }),
        ]
    }
}

extension OptionDeclaration {
    /// Which of the two is to become like the other.
    static let driftDirection = value(
        "to", ValueDeclaration("<side>", .choice(SchemaDrift.Direction.allCases.map(\.rawValue)), standard: "files"),
        "Write the SQL that leads to the files or to the database")

    /// What a maintenance job makes is nobody's drift.
    static let partitions = flag("partitions", "Compare partitions too, which a maintenance job makes")
}
