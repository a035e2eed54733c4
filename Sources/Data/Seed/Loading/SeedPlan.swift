/// How many rows a seed makes of each table, in the order of the tables.
package struct SeedPlan: Equatable, Sendable {
    /// A table's part.
    package struct Part: Equatable, Sendable {
        /// The table.
        package let table: String
        /// Its rows.
        package let rows: Int
        /// About how many bytes they take on the disk with their indexes.
        package let bytes: Int
    }

    /// The tables.
    package let parts: [Part]

    init(_ tables: [SeedTable]) {
        parts = tables.map { Part(table: $0.name, rows: $0.rows, bytes: $0.rows * $0.rowSize) }
    }

    /// The rows of all tables.
    package var rows: Int { parts.reduce(0) { $0 + $1.rows } }

    /// The estimate for all tables.
    package var bytes: Int { parts.reduce(0) { $0 + $1.bytes } }
}

/// What a seeding has made.
package struct SeedResult: Equatable, Sendable {
    /// The rows.
    package let plan: SeedPlan
    /// How long copying took.
    package let loading: Duration
    /// How long all of it took.
    package let whole: Duration
    /// Whether triggers and foreign keys were left out while copying.
    package let areTriggersLeftOut: Bool
}

/// What a seeding tells while it goes on.
package enum SeedEvent: Equatable, Sendable {
    /// Rows of a seed are being removed.
    case removing
    /// This will be made.
    case planned(SeedPlan)
    /// So many more rows were sent.
    case copied(Int)
    /// All rows are there, and what they refer to is looked at.
    case proving
}
