package import Basics
package import Configuration

/// What is done for backups again and again. In the order of precedence: of two that are due the first one goes first.
package enum BackupJob: String, CaseIterable, Hashable, Sendable {
    /// A full physical backup.
    case full
    /// A physical backup of what changed.
    case incremental
    /// A dump that can be read without Parlor.
    case portable
    /// Restoring backups to see whether that can be done.
    case drill
}

/// When each job is to be done.
package struct BackupTimes: Equatable, Sendable {
    /// When the full backup of a day is made, UTC.
    package var fullAt: TimeOfDay
    /// How long after a backup the next incremental one is made.
    package var incrementalEvery: Duration
    /// When the dump of a day is made, UTC; nil for none.
    package var portableAt: TimeOfDay?
    /// The days between two drills; zero for none.
    package var drillDays: Int

    /// Times.
    package init(fullAt: TimeOfDay, incrementalEvery: Duration, portableAt: TimeOfDay? = nil, drillDays: Int = 0) {
        self.fullAt = fullAt
        self.incrementalEvery = incrementalEvery
        self.portableAt = portableAt
        self.drillDays = drillDays
    }

    /// Those of the configuration; there are dumps when there is somebody who can read them.
    package init(_ backups: Configuration.Backups) {
        self.init(
            fullAt: backups.fullAt, incrementalEvery: backups.incrementalEvery,
            portableAt: backups.portable.recipients.map { _ in backups.portable.at }, drillDays: backups.drillDays)
    }
}

/// What is known of the times that a job was done. "Last" is by order and not by the clock, which may have been set back
/// in between.
package struct JobPast: Equatable, Sendable {
    /// When the last one that succeeded was begun.
    package var success: Timestamp?
    /// When the last one was begun, however it ended.
    package var attempt: Timestamp?
    /// How many have failed since the last one that succeeded.
    package var failures = 0

    /// What is known; nothing unless told otherwise.
    package init(success: Timestamp? = nil, attempt: Timestamp? = nil, failures: Int = 0) {
        self.success = success
        self.attempt = attempt
        self.failures = failures
    }

    /// Takes the end of one into account.
    package mutating func ended(begun: Timestamp, succeeded: Bool) {
        attempt = begun
        failures = succeeded ? 0 : failures + 1
        if succeeded { success = begun }
    }
}
