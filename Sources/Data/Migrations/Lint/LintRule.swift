/// What the lint looks for. The raw value is what messages and `-- parlor: allow` comments name.
package enum LintRule: String, CaseIterable, Sendable {
    /// CONCURRENTLY, or another command that wants no transaction around it, beside other statements.
    case concurrentlyInTransaction = "concurrently-in-transaction"
    /// BEGIN, COMMIT and their like inside of a file.
    case transactionControl = "transaction-control"
    /// A value of an enum is used in the transaction that adds it.
    case enumValueInUse = "enum-value-in-use"
    /// A value is to be taken out of an enum.
    case enumValueRemoval = "enum-value-removal"
    /// A column that must not be NULL and has no default joins a table with rows.
    case notNullWithoutDefault = "not-null-without-default"
    /// SET NOT NULL reads the whole table.
    case setNotNull = "set-not-null"
    /// A table is written anew.
    case tableRewrite = "table-rewrite"
    /// A type that may not hold all that stands in the column.
    case typeNarrowing = "type-narrowing"
    /// A foreign key is checked while it is added.
    case foreignKeyWithoutNotValid = "foreign-key-without-not-valid"
    /// A check is checked while it is added.
    case checkWithoutNotValid = "check-without-not-valid"
    /// A constraint is validated in the transaction that holds stronger locks already.
    case validateBesideOthers = "validate-beside-others"
    /// UNIQUE or PRIMARY KEY builds its index while nobody can read.
    case keyWithoutIndex = "key-without-index"
    /// An exclusion constraint builds its index while nobody can read.
    case exclusionConstraint = "exclusion-constraint"
    /// CREATE INDEX stops writes.
    case indexWithoutConcurrently = "index-without-concurrently"
    /// REINDEX stops writes.
    case reindexWithoutConcurrently = "reindex-without-concurrently"
    /// CLUSTER and VACUUM FULL.
    case fullRewrite = "full-rewrite"
    /// REFRESH MATERIALIZED VIEW stops reads.
    case refreshWithoutConcurrently = "refresh-without-concurrently"
    /// A column goes.
    case dropColumn = "drop-column"
    /// A table goes.
    case dropTable = "drop-table"
    /// A table is emptied.
    case truncate = "truncate"
    /// A name that running code uses goes away.
    case rename = "rename"
    /// A statement of the program still reads what is dropped or renamed.
    case readByCode = "read-by-code"
    /// UPDATE or DELETE of a whole table.
    case writeWithoutCondition = "write-without-condition"
    /// Rows are changed in the transaction that changes the schema.
    case backfillBesideDefinitions = "backfill-beside-definitions"
    /// A partition joins or leaves in a way that stops the table.
    case partition = "partition"
    /// Several tables are locked against everybody in one transaction.
    case severalTablesLocked = "several-tables-locked"
    /// A lock against everybody that is held for a moment.
    case briefLock = "brief-lock"
    /// The file sets no `lock_timeout`.
    case lockTimeout = "lock-timeout"
    /// An extension wants to be installed on the server.
    case `extension` = "extension"
    /// An allow comment that names no rule or gives no reason.
    case allowComment = "allow-comment"

    /// Whether a comment may lower it. What PostgreSQL refuses in any case may not.
    var mayBeAllowed: Bool { ![.concurrentlyInTransaction, .transactionControl, .allowComment].contains(self) }
}

/// How much a finding matters.
package enum LintSeverity: Int, Comparable, Sendable {
    /// Good to know.
    case note
    /// Stops reads or writes of a table of some size, loses data, or breaks the program that runs.
    case danger
    /// Cannot work, or is unsafe beyond doubt.
    case refused

    /// One word.
    package var name: String { ["note", "danger", "refused"][rawValue] }

    /// The milder one first.
    package static func < (left: LintSeverity, right: LintSeverity) -> Bool { left.rawValue < right.rawValue }
}
