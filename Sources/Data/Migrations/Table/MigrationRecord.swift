package import Basics

/// A row of `_prisma_migrations`.
package struct MigrationRecord: Hashable, Sendable {
    /// A random UUID.
    package var id: String
    /// The SHA-256 of the file when it was run.
    package var checksum: String
    /// When all of it had taken effect; nil before, and for one that failed.
    package var finishedAt: Timestamp?
    /// The folder's name.
    package var name: String
    /// Why it failed, or how it is being run.
    package var logs: String?
    /// When somebody, or its `down.sql`, took it back.
    package var rolledBackAt: Timestamp?
    /// When it began.
    package var startedAt: Timestamp
    /// 1 once its file has run.
    package var appliedSteps: Int

    /// What the row says about its migration.
    package enum State: Hashable, Sendable {
        /// It took effect.
        case applied
        /// It was taken back, so it counts as never run.
        case rolledBack
        /// It was cut short in a way that leaves no doubt about what took effect.
        case interrupted(RunMark)
        /// It failed, or its end is not known.
        case failed
    }

    /// A row by its columns.
    package init(
        id: String, checksum: String, finishedAt: Timestamp? = nil, name: String, logs: String? = nil,
        rolledBackAt: Timestamp? = nil, startedAt: Timestamp, appliedSteps: Int = 0
    ) {
        self.id = id
        self.checksum = checksum
        self.finishedAt = finishedAt
        self.name = name
        self.logs = logs
        self.rolledBackAt = rolledBackAt
        self.startedAt = startedAt
        self.appliedSteps = appliedSteps
    }

    /// What it says about its migration.
    package var state: State {
        if rolledBackAt != nil { return .rolledBack }
        if finishedAt != nil { return .applied }
        return RunMark(logs: logs).map(State.interrupted) ?? .failed
    }

    /// The restore point that was made before it, where that was possible.
    package var restorePoint: String { Self.restorePoint(before: name, id: id) }

    /// The name of the restore point before a migration; at most 63 bytes, as the server wants it.
    static func restorePoint(before name: String, id: String) -> String {
        "parlor_\(String(decoding: name.utf8.filter { $0 < 128 }.prefix(46), as: UTF8.self))_\(id.prefix(8))"
    }

    /// A new random UUID of version 4.
    static func newIdentifier() -> String {
        var digits = Array(RandomIdentifier.hex(bytes: 16))
        digits[12] = "4"
        digits[16] = ["8", "9", "a", "b"][Int(digits[16].hexDigitValue ?? 0) % 4]
        for place in [20, 16, 12, 8] { digits.insert("-", at: place) }
        return String(digits)
    }
}
