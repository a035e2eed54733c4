/// What the row of a migration says in `logs` while it runs, so that whoever finds it unfinished knows what that means:
/// the next deploy, a person, and Prisma, which shows it with P3009.
package enum RunMark: String, Hashable, Sendable, CaseIterable {
    /// Everything happens in one transaction, the end of the row included.
    case transaction
    /// One statement runs outside of a transaction, and the catalog tells what became of it.
    case alone

    /// The words in the table.
    package var words: String {
        switch self {
        case .transaction:
            """
            \(opening) If this row stays unfinished, the run was cut short and nothing of the migration took effect: \
            "parlor migrate deploy" takes it up again. With Prisma, mark it as rolled back first.
            """
        case .alone:
            """
            \(opening) If this row stays unfinished, the run was cut short: "parlor migrate deploy" looks into the \
            catalog and finishes it. With Prisma, look for an invalid index of that name first.
            """
        }
    }

    /// What the words begin with, and are recognised by.
    private var opening: String {
        switch self {
        case .transaction: "parlor: runs in one transaction."
        case .alone: "parlor: runs one statement outside of a transaction."
        }
    }

    /// Reads what stands in `logs`; nil for anything that Parlor has not written at the beginning of a run.
    package init?(logs: String?) {
        guard let logs, let mark = Self.allCases.first(where: { logs.hasPrefix($0.opening) }) else { return nil }
        self = mark
    }
}
