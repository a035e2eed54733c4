package import Postgres

/// Seals one column anew in batches after a rotation of keys: says what to read and what to write, and does neither.
///
/// Rows are read in the order of their ids, so a job that was ended goes on where it was. Each write is for a row whose
/// value is still the one that was read: a value that somebody changed meanwhile has today's key already.
///
/// A value that does not open stays as it is and is reported; it does not end the work. An old key may go when every
/// machine seals with the new one and a pass from the beginning then finds nothing to do: `Report.provesCompletion`. A
/// blind index of the same text is written with it: it rotates with the key.
package struct ResealingPlan: Sendable {
    /// One row's value.
    package struct Row: Hashable, Sendable {
        /// The row.
        package var id: PostgresUUID
        /// Whose it is.
        package var tenant: SalonIdentifier
        /// The value.
        package var sealed: SealedText

        /// One row's value.
        package init(id: PostgresUUID, tenant: SalonIdentifier, sealed: SealedText) {
            self.id = id
            self.tenant = tenant
            self.sealed = sealed
        }
    }

    /// A value to be written in the place of another one, if that still stands there.
    package struct Change: Hashable, Sendable {
        /// The row.
        package var id: PostgresUUID
        /// Whose it is.
        package var tenant: SalonIdentifier
        /// What was read.
        package var old: SealedText
        /// What is to stand there.
        package var new: SealedText
    }

    /// What to do next.
    package enum Step: Hashable, Sendable {
        /// Read at most so many rows with higher ids, in their order, and call `read`.
        case read(after: PostgresUUID?, limit: Int)
        /// Write these in one transaction, and call `wrote`.
        case write([Change])
        /// Nothing.
        case done(Report)
    }

    /// What came of it.
    package struct Report: Hashable, Sendable {
        /// How many values have been looked at.
        package var seen = 0
        /// How many were sealed anew.
        package var resealed = 0
        /// How many somebody else had changed meanwhile.
        package var overtaken = 0
        /// The rows whose values do not open; at most a hundred of them are named.
        package var unopenable: [PostgresUUID] = []
        /// How many those are.
        package var unopenableCount = 0
        /// Whether it saw all rows, rather than those behind one.
        package var beganAtFirstRow = true

        /// Whether it saw all rows, and none of them needs an older key.
        package var provesCompletion: Bool {
            beganAtFirstRow && resealed == 0 && overtaken == 0 && unopenableCount == 0
        }
    }

    /// What to do next.
    package private(set) var step: Step
    private let sealer: FieldSealer
    private let field: SealedField
    private let batchSize: Int
    private var report = Report()
    private var last: PostgresUUID?
    private var isLastBatch = false

    /// A plan for one column; `after` is where an earlier one got to.
    package init(_ field: SealedField, with sealer: FieldSealer, batchSize: Int = 500, after: PostgresUUID? = nil) {
        precondition(batchSize > 0, "a batch has at least one row")
        self.field = field
        self.sealer = sealer
        self.batchSize = batchSize
        last = after
        report.beganAtFirstRow = after == nil
        step = .read(after: after, limit: batchSize)
    }

    /// Takes the rows that were asked for; fewer than the limit are the last ones.
    package mutating func read(_ rows: [Row]) {
        guard case .read = step else { return }
        isLastBatch = rows.count < batchSize
        last = rows.last?.id ?? last
        report.seen += rows.count
        let changes = rows.filter { sealer.needsResealing($0.sealed) }.compactMap { change($0) }
        if changes.isEmpty { goOn() } else { step = .write(changes) }
    }

    private mutating func change(_ row: Row) -> Change? {
        do {
            let new = try sealer.reseal(row.sealed, for: field, of: row.tenant)
            return Change(id: row.id, tenant: row.tenant, old: row.sealed, new: new)
        } catch {
            report.unopenableCount += 1
            if report.unopenable.count < 100 { report.unopenable.append(row.id) }
            return nil
        }
    }

    /// Takes note of how many of the changes found their old value.
    package mutating func wrote(_ count: Int) {
        guard case .write(let changes) = step else { return }
        report.resealed += count
        report.overtaken += changes.count - count
        goOn()
    }

    private mutating func goOn() { step = isLastBatch ? .done(report) : .read(after: last, limit: batchSize) }
}
