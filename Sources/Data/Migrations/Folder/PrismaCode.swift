import Basics

/// The codes by which Prisma's users know what goes wrong with migrations; ours name the same situations.
package enum PrismaCode: String, Sendable, CaseIterable {
    /// Nobody answers where the database should be.
    case unreachable = "P1001"
    /// The server was reached, and something took too long: another deployment holds the lock.
    case timedOut = "P1002"
    /// The database does not exist.
    case databaseMissing = "P1003"
    /// Something took longer than it may: locks could not be had within their budget.
    case overdue = "P1008"
    /// The role or its password is wrong.
    case refused = "P1000"
    /// A database of the server's own is not to be migrated.
    case systemDatabase = "P3004"
    /// The schema holds tables and no history of migrations.
    case schemaNotEmpty = "P3005"
    /// The migration is applied already.
    case alreadyApplied = "P3008"
    /// A migration failed, or its end is not known, and somebody has to decide.
    case failedMigrations = "P3009"
    /// The migration was never applied, so it cannot be called rolled back.
    case neverApplied = "P3011"
    /// The migration is not in a failed state, so it cannot be called rolled back.
    case notFailed = "P3012"
    /// A folder has no migration.sql.
    case fileMissing = "P3015"
    /// There is no folder of that name.
    case migrationMissing = "P3017"
    /// A migration could not be applied.
    case applyFailed = "P3018"
    /// The folder was made for another kind of database.
    case providerChanged = "P3019"
}

extension ParlorError {
    /// A failure that Prisma's users know by `prisma`, which the message repeats.
    init(
        _ prisma: PrismaCode, _ what: String, code: ErrorCode = .migration, why: String? = nil, hint: String? = nil,
        detail: String? = nil, cause: (any Error)? = nil, file: StaticString = #fileID, line: UInt = #line
    ) {
        self.init(
            code, "\(what) (\(prisma.rawValue))", why: why, hint: hint, detail: detail, cause: cause, file: file,
            line: line)
        reference = prisma.rawValue
    }
}
