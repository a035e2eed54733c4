package import Basics

/// What the lint says about a statement.
package struct LintFinding: Hashable, Sendable {
    /// Which rule says it.
    package let rule: LintRule
    /// How much it matters.
    package var severity: LintSeverity
    /// The migration.
    package let migration: String
    /// The line of its file that the statement begins in.
    package let line: Int
    /// The table that it is about, as SQL writes it.
    package let table: String?
    /// The lock that is held on it meanwhile.
    package let lock: LockLevel?
    /// What happens: a lower-case fact.
    package let what: String
    /// How to write it instead: SQL, or a sentence where no SQL helps.
    package let safeWay: String?
    /// Why the author wants it all the same.
    package var allowedBecause: String?

    /// What the application meets meanwhile.
    package var meanwhile: String? { lock?.meanwhile }

    /// One line for people.
    package var summary: String {
        let place = "\(migration), line \(line)"
        let held = lock.map { lock in " (\(lock.name)\(table.map { " on \($0)" } ?? ""): \(lock.meanwhile))" } ?? ""
        let allowed = allowedBecause.map { "; allowed because \($0)" } ?? ""
        return "\(severity.name) [\(rule.rawValue)] \(place): \(what)\(held)\(allowed)"
    }

    /// For `--json`.
    package var json: JSON {
        [
            "rule": .string(rule.rawValue), "severity": .string(severity.name), "migration": .string(migration),
            "line": .integer(line), "table": .string(table), "lock": .string(lock?.name),
            "meanwhile": .string(meanwhile), "what": .string(what), "safe_way": .string(safeWay),
            "allowed_because": .string(allowedBecause),
        ]
    }
}
