package import Postgres

/// What a run of the maintenance has done.
package struct MaintenanceReport: Sendable {
    /// Something that could not be done this time, and why.
    package struct Postponement: Sendable {
        /// What it was.
        package var action: PartitionAction
        /// The last of its failures.
        package var reason: PostgresError
    }

    /// Another session was at it, so this one did nothing.
    package var isSomebodyElses = false
    /// What was done, in order.
    package var done: [PartitionAction] = []
    /// What waits for the next run.
    package var postponed: [Postponement] = []
    /// How many rows each table forgot.
    package var forgotten: [String: Int] = [:]
    /// Tables that have more to forget than one run may.
    package var unfinished: [String] = []

    /// Nothing done yet.
    package init() {}
}
