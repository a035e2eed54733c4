import Basics

/// How a database stands to a folder of migrations.
package struct MigrationStatus: Hashable, Sendable {
    /// One migration, in the folder, in the table or in both.
    package struct Entry: Hashable, Sendable {
        /// How far it is.
        package enum State: String, Hashable, Sendable {
            /// It took effect.
            case applied
            /// It waits for a deploy.
            case pending
            /// A deploy was cut short, and the next one goes on with it.
            case interrupted
            /// It failed, or its end is not known; somebody has to decide.
            case failed
        }

        /// The folder's name.
        package let name: String
        /// How far it is.
        package let state: State
        /// Whether its file was changed after it had been run.
        package let isEdited: Bool
        /// Whether its folder is gone.
        package let isMissing: Bool
        /// The newest row about it; nil when there is none.
        package let record: MigrationRecord?
    }

    /// Every migration, by name.
    package let entries: [Entry]

    /// Compares the two.
    package init(_ migrations: [Migration], records: [MigrationRecord]) {
        let folders = Dictionary(migrations.map { ($0.name, $0) }) { first, _ in first }
        let rows = Dictionary(grouping: records.filter { $0.state != .rolledBack }, by: \.name)
        let names = Set(folders.keys).union(rows.keys)
        entries = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
            let record = rows[name]?.first { $0.state != .applied } ?? rows[name]?.last
            return Entry(name: name, folder: folders[name], record: record)
        }
    }

    /// The migrations in that state.
    package func names(_ state: Entry.State) -> [String] { entries.filter { $0.state == state }.map(\.name) }

    /// Whether nothing waits and nothing failed.
    package var isUpToDate: Bool { entries.allSatisfy { $0.state == .applied } }
}

extension MigrationStatus.Entry {
    fileprivate init(name: String, folder: Migration?, record: MigrationRecord?) {
        self.name = name
        self.record = record
        isMissing = folder == nil
        isEdited = record.map { record in folder.map { !$0.checksum.matches(record.checksum) } ?? false } ?? false
        state =
            switch record?.state {
            case .applied: .applied
            case .interrupted(let mark):
                record.map { DeployPlan.decide($0, mark, folder) } == .ask ? .failed : .interrupted
            case .failed: .failed
            case .rolledBack, nil: .pending
            }
    }
}
