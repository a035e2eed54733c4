package import Basics

/// What a restore drill found, as it is kept and shown.
package struct DrillReport: Equatable, Sendable {
    /// A backup that was restored.
    package struct Trial: Equatable, Sendable {
        /// The backup.
        package var backup: String
        /// The repository.
        package var repository: String
        /// Up to where the log was replayed, for people.
        package var target: String
        /// How long the files took.
        package var copying: Duration = .zero
        /// How long the replay took, until the server answered.
        package var replaying: Duration = .zero
        /// The moment of the newest heartbeat in it; nil where it has none.
        package var reached: Timestamp?
        /// How many tables were counted.
        package var tables = 0
        /// What is wrong with it.
        package var findings: [String] = []

        /// A trial that has just begun.
        package init(_ backup: String, _ repository: String, _ target: String) {
            (self.backup, self.repository, self.target) = (backup, repository, target)
        }

        /// How long until the data could be used again.
        package var took: Duration { copying + replaying }
    }

    /// When it was begun.
    package var begun: Timestamp
    /// When it ended.
    package var ended: Timestamp
    /// What its choices can be repeated with.
    package var seed: UInt64
    /// How old the newest work in the repository was when it began; nil when nobody could tell.
    package var exposure: Duration?
    /// What was restored: the newest backup first.
    package var trials: [Trial] = []
    /// What is wrong besides.
    package var findings: [String] = []

    /// A drill that begins now.
    package init(seed: UInt64) {
        begun = .now()
        ended = begun
        self.seed = seed
    }

    /// Everything that is wrong.
    package var complaints: [String] {
        findings + trials.flatMap { trial in trial.findings.map { "\(trial.backup): \($0)" } }
    }

    /// Whether nothing is wrong, and something was proved.
    package var isGood: Bool { complaints.isEmpty && !trials.isEmpty }

    /// How long it takes to have the newest state back.
    package var recoveryTime: Duration? { trials.first.flatMap { $0.took > .zero ? $0.took : nil } }

    /// As JSON.
    package var json: JSON {
        [
            "begun": .string(begun.rfc3339), "ended": .string(ended.rfc3339), "seed": .integer(Int(clamping: seed)),
            "good": .bool(isGood), "rpo_ms": .integer(exposure.map { Int($0.milliseconds) }),
            "rto_ms": .integer(recoveryTime.map { Int($0.milliseconds) }),
            "trials": .array(trials.map(\.json)), "findings": .array(findings.map(JSON.string)),
        ]
    }

    /// Reads what `json` wrote; nil for anything else.
    package init?(json: JSON) {
        guard let begun = json["begun"]?.text.flatMap(Timestamp.init(rfc3339:)),
            let ended = json["ended"]?.text.flatMap(Timestamp.init(rfc3339:)),
            let seed = json["seed"]?.int.flatMap({ UInt64(exactly: $0) }),
            let trials = json["trials"]?.elements
        else { return nil }
        self.init(seed: seed)
        (self.begun, self.ended) = (begun, ended)
        exposure = json["rpo_ms"]?.int.map { .milliseconds($0) }
        self.trials = trials.compactMap(Trial.init(json:))
        findings = (json["findings"]?.elements ?? []).compactMap(\.text)
    }
}

extension DrillReport.Trial {
    var json: JSON {
        [
            "backup": .string(backup), "repository": .string(repository), "target": .string(target),
            "copying_ms": .integer(Int(copying.milliseconds)), "replaying_ms": .integer(Int(replaying.milliseconds)),
            "reached": .text(reached?.rfc3339), "tables": .integer(tables),
            "findings": .array(findings.map(JSON.string)),
        ]
    }

    init?(json: JSON) {
        guard let backup = json["backup"]?.text, let repository = json["repository"]?.text,
            let target = json["target"]?.text
        else { return nil }
        self.init(backup, repository, target)
        copying = .milliseconds(json["copying_ms"]?.int ?? 0)
        replaying = .milliseconds(json["replaying_ms"]?.int ?? 0)
        reached = json["reached"]?.text.flatMap(Timestamp.init(rfc3339:))
        tables = json["tables"]?.int ?? 0
        findings = (json["findings"]?.elements ?? []).compactMap(\.text)
    }
}

/// The page for people, which can be read as it is.
extension DrillReport {
    /// In Markdown.
    package var page: String {
        var lines = [
            "# Restore drill of \(begun.rfc3339Seconds)", "",
            isGood
                ? "Everything that was restored is what it should be."
                : "**Something is wrong.** What is listed here has to be looked into before these backups are relied on.",
            "",
        ]
        lines += complaints.map { "- \($0)" } + (complaints.isEmpty ? [] : [""])
        lines += ["| question | answer |", "|---|---|"]
        lines.append("| How long until the data is back (RTO)? | \(recoveryTime?.brief ?? "not measured") |")
        lines.append(
            "| How much work would have been lost (RPO)? | \(exposure.map { "the last \($0.brief)" } ?? "not measured") |"
        )
        lines.append("| How long did the drill take? | \((ended - begun).brief) |")
        lines.append("| Repeat its choices with | `parlor backup drill --seed \(seed)` |")
        for trial in trials {
            lines += ["", "## \(trial.backup)", "", "From \(trial.repository), up to \(trial.target).", ""]
            guard trial.took > .zero else {
                lines.append("- not restored")
                continue
            }
            lines += [
                "- copied in \(trial.copying.brief), replayed in \(trial.replaying.brief)",
                "- its newest heartbeat is of \(trial.reached?.rfc3339 ?? "no moment: it has none")",
                "- \(counted(trial.tables, "table")) counted, every page and index checked with pg_amcheck",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
