/// How far ahead a partitioned table has its months, and how long it keeps them.
package struct PartitionPolicy: Hashable, Sendable {
    /// The table.
    package var table: String
    /// How many months after the current one are there already.
    package var ahead: Int
    /// How many months before the current one stay in the table; older ones go to the archive.
    package var kept: Int
    /// How many months before the current one the archive reaches back; nil for all of them.
    package var archived: Int?

    /// A policy that keeps at least the current month.
    package init(_ table: String, ahead: Int = 3, kept: Int, archived: Int? = nil) {
        precondition(ahead >= 0 && kept >= 0 && archived ?? kept >= kept, "a policy keeps the current month")
        self.table = table
        self.ahead = ahead
        self.kept = kept
        self.archived = archived
    }

    /// Those of the product's tables.
    package static let standard = [
        PartitionPolicy("messages", kept: 24, archived: 60), PartitionPolicy("ai_messages", kept: 12, archived: 36),
        PartitionPolicy("webhook_logs", kept: 3, archived: 12), PartitionPolicy("audit_log", kept: 24, archived: 84),
    ]
}

/// What a partitioned table has.
package struct TablePartitions: Hashable, Sendable {
    /// The months with a partition of their own.
    package var attached: Set<Month> = []
    /// The months that rows came in of before their partition was there, or after it was archived.
    package var strays: Set<Month> = []
    /// The months that lie in the archive.
    package var archived: Set<Month> = []

    /// A table without months, unless told otherwise.
    package init(attached: Set<Month> = [], strays: Set<Month> = [], archived: Set<Month> = []) {
        self.attached = attached
        self.strays = strays
        self.archived = archived
    }
}
