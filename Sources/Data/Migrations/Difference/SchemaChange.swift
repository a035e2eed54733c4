/// One step from a schema to another.
package struct SchemaChange: Hashable, Sendable {
    /// What the comment above it says, like `CreateTable`.
    package let title: String
    /// The statements, each without its semicolon.
    package let statements: [String]
    /// One line for people.
    package let summary: String
    /// What may be lost, or make it fail; nil when nothing can.
    package let risk: String?
}

/// What turns one schema into another.
package struct SchemaDifference: Hashable, Sendable {
    /// The steps, in an order that runs.
    package let changes: [SchemaChange]
    /// What differs and cannot be written as SQL here, as sentences.
    package let unmended: [String]

    /// Compares two schemas. Extensions belong to the database and not to the schema: with `keepingExtensions` none is
    /// dropped, because whoever watches over the server may have installed it.
    package init(from old: SchemaCatalog, to new: SchemaCatalog, keepingExtensions: Bool = false) {
        changes = SchemaPlan(SchemaFates(from: old, to: new, keepingExtensions: keepingExtensions)).changes
        unmended =
            new.others.subtracting(old.others).sorted().map { "\($0) is missing and must be made by hand" }
            + old.others.subtracting(new.others).sorted().map { "\($0) is there and must be dropped by hand" }
    }

    /// Whether there is none.
    package var isEmpty: Bool { changes.isEmpty && unmended.isEmpty }

    /// What may be lost, or make it fail.
    package var risks: [String] { changes.compactMap(\.risk) }

    /// The text of a migration, as Prisma lays it out; empty when there is nothing to do.
    package var sql: String {
        guard !changes.isEmpty else { return "" }
        let warnings = risks.map { "  - \($0)\n" }.joined()
        let head = warnings.isEmpty ? "" : "/*\n  Warnings:\n\n\(warnings)*/\n"
        let steps = changes.map { change in
            "-- \(change.title)\n" + change.statements.map { "\($0);\n" }.joined()
        }
        return head + steps.joined(separator: "\n")
    }

    /// A line for each step, and for what cannot be mended.
    package var summary: [String] { changes.map(\.summary) + unmended }
}
