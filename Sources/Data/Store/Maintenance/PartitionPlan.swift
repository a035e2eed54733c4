/// One thing to do about a month's partition; each is done wholly or not at all.
package enum PartitionAction: Hashable, Sendable, CustomStringConvertible {
    /// Make the partition and move to it what came in of its month before.
    case add(table: String, Month)
    /// Take it out of its table, or what came in of a month before all others, into the archive.
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
/// - The months of a table follow each other without a gap, after the plan and after each of its actions; a gap that
///   somebody made is closed.
/// - After the plan the current month and those ahead are there, whatever was there before.
/// - Only months that are older than a policy keeps are archived, and only archived ones older than that are dropped.
/// - Strays get to their month's partition, or to the archive when that is over or lies there already; those of a month
///   further ahead stay until it is near.
/// - What comes first is what hurts most when it is missing: the months up to those ahead, then the rest.
package struct PartitionPlan: Hashable, Sendable {
    /// What to do, in order.
    package var actions: [PartitionAction] = []

    /// Compares what is with what should be.
    package init(existing: [String: TablePartitions], now month: Month, policies: [PartitionPolicy]) {
        var adding: [(Month, PartitionAction)] = []
        var removing: [PartitionAction] = []
        for policy in policies {
            let (table, partitions) = (policy.table, existing[policy.table] ?? TablePartitions())
            let attached = partitions.attached
            let (oldest, last) = (month - policy.kept, month + policy.ahead)
            // A month that lies in the archive is not made again.
            let first = max(oldest, (partitions.archived.max() ?? oldest - 1) + 1)
            let lowest = partitions.strays.filter { (first...max(first, last)).contains($0) }.min() ?? month
            let bottom = attached.min() ?? month
            let missing = bottom.through(last).filter { !attached.contains($0) }
            adding += missing.map { ($0, .add(table: table, $0)) }
            let late = lowest.through(bottom - 1).reversed()
            let old = attached.union(missing).filter { $0 < oldest }
                .union(partitions.strays.filter { $0 < first })
            removing += late.map { .add(table: table, $0) } + old.sorted().map { .archive(table: table, $0) }
            guard let archived = policy.archived else { continue }
            let outlived = partitions.archived.union(old).filter { $0 < month - archived }.sorted()
            removing += outlived.map { .drop(table: table, $0) }
        }
        actions = adding.sorted { $0.0 < $1.0 }.map(\.1) + removing
    }
}
