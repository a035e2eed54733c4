import Basics

/// A table, and how its rows are written: in units that can be written in any order, each always the same.
package struct SeedTable: Sendable {
    /// The table's name.
    package let name: String
    /// The columns that are written, in their order.
    package let columns: [String]
    /// Tables of a stage refer only to tables of earlier ones.
    package let stage: Int
    /// How many units there are.
    package let units: Int
    /// How many rows they have together.
    package let rows: Int
    /// About how many bytes a row takes with its part of the indexes, for an estimate.
    package let rowSize: Int
    /// Writes the rows of a unit.
    package let write: @Sendable (_ unit: Int, _ buffer: inout CopyBuffer) -> Void

    /// A table.
    init(
        _ name: String, _ columns: String, stage: Int, units: Int, rows: Int, rowSize: Int,
        write: @escaping @Sendable (_ unit: Int, _ buffer: inout CopyBuffer) -> Void
    ) {
        self.name = name
        self.columns = columns.split { $0 == " " || $0 == "\n" }.map { String($0) }
        self.stage = stage
        self.units = units
        self.rows = rows
        self.rowSize = rowSize
        self.write = write
    }

    /// The statement that takes the rows.
    package var statement: String {
        "COPY \(name) (\(columns.joined(separator: ", "))) FROM STDIN (FORMAT binary)"
    }
}

extension SeedWorld {
    /// Every table that is seeded, in an order that foreign keys allow. `totals` are what conversations add up to.
    package func tables(_ totals: SeedTotals) -> [SeedTable] {
        [
            salonTable, userTable,
            membershipTable, serviceTable, resourceTable, templateTable, closureTable, customerTable,
            serviceResourceTable, openingHoursTable, conversationTable(totals), bookingTable(totals),
            assistantTable(totals), claimTable(totals),
            messageTable, eventTable, assistantMessageTable, messageKeyTable, messageStateTable,
        ]
    }

    /// The end of a business table's row: made and last changed then, by the seed.
    func writeAudit(_ createdAt: Timestamp, updatedAt: Timestamp? = nil, into buffer: inout CopyBuffer) {
        buffer.time(createdAt)
        buffer.time(updatedAt ?? createdAt)
        buffer.text(actor)
        buffer.text(actor)
    }

    /// The columns that `writeAudit` writes.
    static let audit = "created_at updated_at created_by updated_by"
}
