package import Backups
package import Basics

/// The backups of a system as `backup list` shows them.
package struct BackupStatus: Equatable, Sendable {
    /// What is being done.
    package struct Work: Equatable, Sendable {
        /// What: as in `BackupResult`.
        package var job: String
        /// Since when.
        package var begun: Timestamp
        /// In which repository.
        package var repository: String?
        /// How far it has come; nil where nobody can tell.
        package var progress: TransferProgress?
        /// What of it is done now, where it has parts.
        package var phase: String?

        init(job: String, begun: Timestamp) {
            self.job = job
            self.begun = begun
        }
    }

    /// A repository and what it holds.
    package struct Repository: Equatable, Sendable {
        /// Where it is.
        package var name: String
        /// What is wrong with it.
        package var trouble: String?
        /// The backups, the oldest first.
        package var backups: [BackupRecord]
        /// The earliest moment that it can restore.
        package var from: Timestamp?
        /// The latest one.
        package var until: Timestamp?
    }

    /// A run that is to come.
    package struct Run: Equatable, Sendable {
        /// What.
        package var job: String
        /// When.
        package var at: Timestamp
        /// Why then.
        package var reason: String
    }

    /// Why there are no backups; nil where there are.
    package var obstacle: String?
    /// What is being done.
    package var work: Work?
    /// The repositories.
    package var repositories: [Repository] = []
    /// What comes next.
    package var schedule: [Run] = []
    /// The last runs, the newest last.
    package var results: [BackupResult] = []
    /// What keeps the repositories from being looked at.
    package var trouble: String?
    /// When all this was so.
    package var at: Timestamp

    /// How old the newest work is that could not be restored if everything was lost now, in the worst repository; nil where
    /// nothing could be restored at all.
    package var exposure: Duration? {
        guard !repositories.isEmpty else { return nil }
        let moments = repositories.map { $0.backups.isEmpty ? nil : $0.until }
        return moments.contains(nil) ? nil : moments.compactMap(\.self).min().map { max(.zero, at - $0) }
    }
}

extension BackupStatus {
    /// The most work that may be in no repository: what the specification asks for.
    package static let exposureMax = Duration.seconds(300)

    /// What is not well, for people, as far as it does not pass by itself in a moment; empty when all is.
    package var problems: [String] {
        var problems = repositories.compactMap { repository in
            repository.trouble.map { "the backups in \(repository.name) cannot be read: \($0)" }
        }
        if let exposure, exposure > Self.exposureMax {
            problems.append("the last \(exposure.brief) of work are in no repository")
        }
        // Only the newest run of each kind counts.
        var seen: Set<String> = []
        for result in results.reversed() where seen.insert(result.job).inserted {
            guard let trouble = result.trouble else { continue }
            problems.append("the last \(result.job) of the backups found something wrong: \(trouble)")
        }
        return problems
    }
}

/// The documented form of `backup list --json`.
extension BackupStatus {
    /// As JSON.
    package var json: JSON {
        [
            "at": .string(at.rfc3339), "obstacle": .text(obstacle), "trouble": .text(trouble),
            "exposure_ms": .integer(exposure.map { Int($0.milliseconds) }),
            "work": work?.json ?? .null, "repositories": .array(repositories.map(\.json)),
            "schedule": .array(
                schedule.map { ["job": .string($0.job), "at": .string($0.at.rfc3339), "reason": .string($0.reason)] }),
            "results": .array(results.map(\.json)),
        ]
    }

    /// Reads what `json` wrote.
    package init(json: JSON) throws(ParlorError) {
        guard let at = json["at"]?.moment, let repositories = json["repositories"]?.elements,
            let schedule = json["schedule"]?.elements, let results = json["results"]?.elements
        else { throw AgentClient.unreadable }
        self.init(at: at)
        obstacle = json["obstacle"]?.text
        trouble = json["trouble"]?.text
        work = json["work"].flatMap(Work.init(json:))
        self.repositories = repositories.compactMap(Repository.init(json:))
        self.schedule = schedule.compactMap { run in
            guard let job = run["job"]?.text, let at = run["at"]?.moment, let reason = run["reason"]?.text else {
                return nil
            }
            return Run(job: job, at: at, reason: reason)
        }
        self.results = results.compactMap(BackupResult.init(json:))
    }
}

extension BackupStatus.Work {
    var json: JSON {
        [
            "job": .string(job), "begun": .string(begun.rfc3339), "repository": .text(repository),
            "done": .integer(progress?.done), "total": .integer(progress?.total),
            "phase": .text(phase),
        ]
    }

    init?(json: JSON) {
        guard let job = json["job"]?.text, let begun = json["begun"]?.moment else { return nil }
        self.init(job: job, begun: begun)
        repository = json["repository"]?.text
        phase = json["phase"]?.text
        if let done = json["done"]?.int {
            var progress = TransferProgress()
            (progress.done, progress.total) = (done, json["total"]?.int)
            self.progress = progress
        }
    }
}

extension BackupStatus.Repository {
    var json: JSON {
        [
            "name": .string(name), "trouble": .text(trouble), "from": .text(from?.rfc3339),
            "until": .text(until?.rfc3339), "backups": .array(backups.map(\.json)),
        ]
    }

    init?(json: JSON) {
        guard let name = json["name"]?.text, let backups = json["backups"]?.elements else { return nil }
        self.init(
            name: name, trouble: json["trouble"]?.text, backups: backups.compactMap { BackupRecord(summary: $0) },
            from: json["from"]?.moment, until: json["until"]?.moment)
    }
}

extension BackupRecord {
    var json: JSON {
        [
            "label": .string(label), "kind": .string(kind.rawValue), "start": .string(start.rfc3339),
            "stop": .string(stop.rfc3339), "size": .integer(size), "stored": .integer(stored),
            "log_first": .string(log.first), "log_last": .string(log.last), "errors": .bool(hasErrors),
            "references": .array(references.map(JSON.string)),
        ]
    }

    init?(summary json: JSON) {
        guard let label = json["label"]?.text, let kind = json["kind"]?.text.flatMap(Kind.init(rawValue:)),
            let start = json["start"]?.moment, let stop = json["stop"]?.moment, let first = json["log_first"]?.text,
            let last = json["log_last"]?.text
        else { return nil }
        self.init(label, kind, start: start, stop: stop, log: .init(first: first, last: last))
        (size, stored) = (json["size"]?.int ?? 0, json["stored"]?.int ?? 0)
        hasErrors = json["errors"]?.boolean ?? false
        references = json["references"]?.elements?.compactMap(\.text) ?? []
    }
}

extension JSON {
    fileprivate var moment: Timestamp? { text.flatMap(Timestamp.init(rfc3339:)) }
}
