/// The locks on a table, weakest first, by PostgreSQL's names.
package enum LockLevel: Int, Comparable, CaseIterable, Sendable {
    /// SELECT.
    case accessShare
    /// SELECT … FOR UPDATE, and the check of a foreign key.
    case rowShare
    /// INSERT, UPDATE and DELETE.
    case rowExclusive
    /// VACUUM, CREATE INDEX CONCURRENTLY, VALIDATE CONSTRAINT.
    case shareUpdateExclusive
    /// CREATE INDEX.
    case share
    /// CREATE TRIGGER, ADD FOREIGN KEY.
    case shareRowExclusive
    /// REFRESH MATERIALIZED VIEW CONCURRENTLY.
    case exclusive
    /// DROP, TRUNCATE and most of ALTER TABLE.
    case accessExclusive

    /// As manuals and `LOCK TABLE` write it.
    package var name: String {
        switch self {
        case .accessShare: "ACCESS SHARE"
        case .rowShare: "ROW SHARE"
        case .rowExclusive: "ROW EXCLUSIVE"
        case .shareUpdateExclusive: "SHARE UPDATE EXCLUSIVE"
        case .share: "SHARE"
        case .shareRowExclusive: "SHARE ROW EXCLUSIVE"
        case .exclusive: "EXCLUSIVE"
        case .accessExclusive: "ACCESS EXCLUSIVE"
        }
    }

    /// As `pg_locks.mode` has it.
    package var mode: String {
        name.split(separator: " ").map { $0.prefix(1) + $0.dropFirst().lowercased() }.joined() + "Lock"
    }

    /// What the application meets while another transaction holds it.
    package var meanwhile: String {
        switch self {
        case .accessShare, .rowShare, .rowExclusive, .shareUpdateExclusive: "reads and writes go on"
        case .share, .shareRowExclusive, .exclusive: "reads go on, writes wait"
        case .accessExclusive: "reads and writes wait"
        }
    }

    /// Whether it makes INSERT, UPDATE and DELETE wait.
    package var blocksWrites: Bool { self >= .share }

    /// The weaker one first.
    package static func < (left: LockLevel, right: LockLevel) -> Bool { left.rawValue < right.rawValue }
}
