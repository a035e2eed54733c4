/// One thing to do about a month's partition; each is done wholly or not at all.
package enum PartitionAction: Hashable, Sendable, CustomStringConvertible {
    /// Make the partition and move to it what the default one holds of its month.
    case add(table: String, Month)
    /// Take it out of its table, into the archive.
    case archive(table: String, Month)
    /// Delete it from the archive for good.
    case drop(table: String, Month)

    /// What is done, to which partition.
    package var description: String {
        switch self {
        case .add(let table, let month): "add \(table)_\(month.name)"
        case .archive(let table, let month): "archive \(table)_\(month.name)"
        case .drop(let table, let month): "drop \(table)_\(month.name)"
        }
    }
}

/// What there is to do so that every table has its months.
///
/// Invariants:
/// - After the plan the current month and those ahead are there, whatever was there before.
/// - Only months that are older than a policy keeps are archived, and only archived ones older than that are dropped.
/// - Rows in the default partition get to their month's own; rows of a month further ahead stay until it is near.
/// - What comes first is what hurts most when it is missing: the current month, then those ahead, then the rest.
package struct PartitionPlan: Hashable, Sendable {
    /// What to do, in order.
    package var actions: [PartitionAction] = []

    /// Compares what is with what should be.
    package init(existing: [String: TablePartitions], now month: Month, policies: [PartitionPolicy]) {
        var adding: [(Month, PartitionAction)] = []
        var removing: [PartitionAction] = []
        for policy in policies {
            let (table, partitions) = (policy.table, existing[policy.table] ?? TablePartitions())
            let last = month + policy.ahead
            // Late rows of a month that is archived stay where they are until that is dropped: its name is taken there.
            let late = partitions.strays.filter { $0 <= last }.subtracting(partitions.archived)
            let missing = late.union((0...policy.ahead).map { month + $0 }).subtracting(partitions.attached)
            adding += missing.sorted().map { ($0, .add(table: table, $0)) }
            let old = partitions.attached.union(missing).filter { $0 < month - policy.kept }.sorted()
            removing += old.map { .archive(table: table, $0) }
            guard let archived = policy.archived else { continue }
            let outlived = partitions.archived.union(old).filter { $0 < month - archived }.sorted()
            removing += outlived.map { .drop(table: table, $0) }
        }
        let due = adding.filter { $0.0 >= month }.sorted { $0.0 < $1.0 }
        actions = (due + adding.filter { $0.0 < month }).map(\.1) + removing
    }
}
