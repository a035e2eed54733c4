package import Basics

/// Which backups of a repository stay and which go, and why.
///
/// What holds of every plan:
///
/// - Every second of the last `daily` days can be restored, at every moment. So everything made in those days stays, and
///   so does the last backup that was done before they began, with the log from it on: it goes only when the next one has
///   itself become that old.
/// - The first sound full backup of each week and of each month stays for its time. Its log need not: a backup holds on
///   to the part of the log that makes it consistent, and can be restored to its own moment.
/// - The newest sound full backup never goes, however old it is. When there is none without errors, the newest of all
///   full ones stays.
/// - Nothing stays that stands on what goes, or on what is not there.
///
/// Time is counted up to the newest sound full backup and not up to now. So nothing sound goes while no new backups
/// come, and a clock that was set ahead makes nothing go before a backup was made by it.
package struct RetentionPlan: Equatable, Sendable {
    /// What becomes of a backup.
    package enum Verdict: Hashable, Sendable {
        /// It stays.
        case keep([KeepingReason])
        /// It goes.
        case expire(ExpiryReason)
    }

    /// A backup and what becomes of it.
    package struct Decision: Equatable, Sendable {
        /// The backup.
        package var backup: BackupRecord
        /// What becomes of it.
        package var verdict: Verdict

        /// Whether it stays.
        package var isKept: Bool { if case .keep = verdict { true } else { false } }

        /// Why, in words.
        package var reason: String {
            switch verdict {
            case .keep(let reasons): reasons.map(\.description).joined(separator: ", ")
            case .expire(let reason): reason.description
            }
        }
    }

    /// A decision for each backup, in the order of the repository.
    package var decisions: [Decision]
    /// Of how many of the newest full backups that stay the log stays whole: what pgBackRest wants as
    /// `--repo-retention-archive`. At least one.
    package var replayableFulls: Int
    /// The earliest moment from which on every one can be restored; nil when no sound backup is there. Log that was
    /// removed before this plan, under another policy for example, does not come back.
    package var earliest: Timestamp?

    /// Decides.
    package init(of backups: [BackupRecord], policy: RetentionPolicy, now: Timestamp) {
        var draft = RetentionDraft(BackupLineage(of: backups), policy, now)
        draft.keepNewest()
        draft.keepRecent()
        draft.keepFirsts()
        draft.keepSupports()
        decisions = draft.decisions
        let full = draft.firstReplayableFull
        earliest = full.map { draft.lineage.records[$0].stop }
        replayableFulls = full.map { full in draft.lineage.fulls.count { $0 >= full && draft.isKept($0) } } ?? 1
    }

    /// The labels of those that go, in an order in which nothing is left without what it stands on.
    package var expired: [String] {
        let gone = decisions.filter { !$0.isKept }.map(\.backup)
        return (gone.filter { $0.kind != .full }.reversed() + gone.filter { $0.kind == .full }.reversed()).map(\.label)
    }
}

/// The reasons to keep backups, as they are gathered.
struct RetentionDraft {
    let lineage: BackupLineage
    private let policy: RetentionPolicy
    private let now: Timestamp
    /// The moment up to which the age of sound backups is counted.
    private let reference: Timestamp
    private var reasons: [[KeepingReason]]
    /// The sound backup from which the first second of the daily window is reached; nil when none is that old.
    private var anchor: Int?

    init(_ lineage: BackupLineage, _ policy: RetentionPolicy, _ now: Timestamp) {
        self.lineage = lineage
        self.policy = policy
        self.now = now
        let newest = lineage.fulls.last { lineage.isSound[$0] }
        reference = newest.map { min(now, lineage.records[$0].stop) } ?? now
        reasons = Array(repeating: [], count: lineage.records.count)
    }

    func isKept(_ place: Int) -> Bool { !reasons[place].isEmpty }

    mutating func keepNewest() {
        let sound = lineage.isSound
        guard let full = lineage.fulls.last(where: { sound[$0] }) else {
            if let full = lineage.fulls.last(where: { lineage.missing[$0] == nil }) {
                reasons[full].append(.newestThoughDamaged)
            }
            return
        }
        reasons[full].append(.newest)
        if let last = sound.lastIndex(of: true), last != full { reasons[last].append(.newest) }
    }

    mutating func keepRecent() {
        for (place, record) in lineage.records.enumerated() where lineage.missing[place] == nil {
            let isSound = lineage.isSound[place]
            // What nobody can rely on goes by the clock, so that it does not fill the repository.
            if record.stop > policy.dailyStart(at: isSound ? reference : now) {
                reasons[place].append(.recent(days: policy.daily))
            } else if isSound, anchor.map({ lineage.records[$0].stop <= record.stop }) ?? true {
                anchor = place
            }
        }
        if let anchor { reasons[anchor].append(.reach(days: policy.daily)) }
    }

    mutating func keepFirsts() {
        let fulls = lineage.fulls.filter { lineage.isSound[$0] }
        let firsts = policy.firsts(of: fulls.map { lineage.records[$0].start }, at: reference)
        for (place, first) in zip(fulls, firsts) { reasons[place] += first }
    }

    /// From the last one on, so that what stands on what stands on something is seen in one pass.
    mutating func keepSupports() {
        for place in lineage.records.indices.reversed() where isKept(place) {
            for need in lineage.needs[place] where !isKept(need) {
                reasons[need].append(.support(of: lineage.records[place].label))
            }
        }
    }

    /// The full backup from which on the log must stay.
    var firstReplayableFull: Int? {
        let first = anchor ?? lineage.records.indices.first { lineage.isSound[$0] && isKept($0) }
        return first.map(lineage.full(of:))
    }

    var decisions: [RetentionPlan.Decision] {
        lineage.records.indices.map { place in
            .init(backup: lineage.records[place], verdict: isKept(place) ? .keep(reasons[place]) : .expire(why(place)))
        }
    }

    private func why(_ place: Int) -> ExpiryReason {
        if let label = lineage.missing[place] { return .orphan(of: label) }
        if !lineage.isSound[place] { return .damaged(days: policy.daily) }
        return lineage.records[place].kind == .full ? .notFirst(days: policy.daily) : .old(days: policy.daily)
    }
}
