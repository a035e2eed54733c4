package import Basics

/// How careful a migration is with those who use the database meanwhile.
package struct MigrationSettings: Hashable, Sendable {
    /// How long another deployment is waited for; Prisma's own time.
    package var deploymentWait = Duration.seconds(10)
    /// How long one statement may wait for a lock, and so how long the application may queue behind it. Two seconds are
    /// less than what clients commonly wait for an answer, and enough for ordinary transactions to end.
    package var lockTimeout = Duration.seconds(2)
    /// How long a migration tries in all to get its locks.
    package var lockBudget = Duration.seconds(120)
    /// How far a replica may be behind when a migration begins; nil does not look. A replica replays so much within
    /// seconds, and one that is further behind would fall behind more.
    package var lagMax: ByteCount? = .megabytes(100)
    /// How long replicas are waited for.
    package var lagWait = Duration.seconds(600)
    /// Whether a restore point is made before each migration.
    package var makesRestorePoints = true
    /// The role that migrations run in and that owns what they make; nil for that of the connection.
    package var owner: String?
    /// How often a lost connection is made again to go on.
    package var reconnections = 3
    /// What the pauses are drawn from.
    package var seed = UInt64.random(in: 0 ... .max)

    /// The defaults.
    package init() {}

    /// For a database that nobody else uses and that is thrown away, like a shadow database.
    package static var forShadow: MigrationSettings {
        var settings = MigrationSettings()
        settings.lagMax = nil
        settings.makesRestorePoints = false
        return settings
    }
}
