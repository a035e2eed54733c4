package import Basics

/// A physical backup as its repository describes it.
package struct BackupRecord: Equatable, Sendable {
    /// How much of the data it holds itself.
    package enum Kind: String, CaseIterable, Sendable {
        /// All of it.
        case full
        /// What changed since the last full one.
        case differential = "diff"
        /// What changed since the one before it, of whatever kind.
        case incremental = "incr"
    }

    /// Its name, like `20261121-020000F` or `20261121-020000F_20261121-030000I`.
    package var label: String
    /// How much of the data it holds itself.
    package var kind: Kind
    /// The backups without which it cannot be restored, the full one among them; none for a full one.
    package var references: [String] = []
    /// When it was begun.
    package var start: Timestamp
    /// When it was done: the earliest moment that it can be restored to.
    package var stop: Timestamp
    /// The first and the last file of the log without which it is of no use.
    package var log: LogRange
    /// The size of the data that it restores, in bytes.
    package var size = 0
    /// What it takes in the repository itself, in bytes.
    package var stored = 0
    /// Whether pages with wrong checksums were found while it was made.
    package var hasErrors = false

    /// Files of the write-ahead log, from one to another.
    package struct LogRange: Hashable, Sendable {
        /// The name of the first.
        package var first: String
        /// The name of the last.
        package var last: String

        /// A range.
        package init(first: String, last: String) {
            self.first = first
            self.last = last
        }
    }

    /// A backup.
    package init(_ label: String, _ kind: Kind, start: Timestamp, stop: Timestamp, log: LogRange) {
        self.label = label
        self.kind = kind
        self.start = start
        self.stop = stop
        self.log = log
    }

    /// The full backup that it stands on: itself when it is one.
    package var fullLabel: String {
        label.utf8.firstIndex(of: UInt8(ascii: "_")).map { String(label[..<$0]) } ?? label
    }
}
