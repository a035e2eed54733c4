import Backups
import Basics
import TestSupport

/// A repository as pgBackRest keeps one: names from a clock that only goes on, backups that stand on others, and the log
/// from some moment on.
struct SimulatedRepository {
    private(set) var backups: [BackupRecord] = []
    /// From when on the log is whole.
    private(set) var logStart = Timestamp(seconds: 0)
    /// When the first sound full backup was done.
    private(set) var firstStop: Timestamp?

    /// The full backup that each of them stands on, found once.
    private var chains: [String] = []

    /// Makes a backup; false when its name would not come after the last one's.
    mutating func back(
        _ kind: BackupRecord.Kind, at start: Timestamp, lasting: Duration, hasErrors: Bool,
        using generator: inout SeededGenerator
    ) -> Bool {
        guard kind == .full || !backups.isEmpty else { return false }
        let label = kind == .full ? "\(name(start))F" : "\(chains[chains.count - 1])_\(name(start))I"
        if let last = backups.last, last.label >= label { return false }
        var record = BackupRecord(
            label, kind, start: start, stop: start + lasting, log: .init(first: "A", last: "B"))
        record.hasErrors = hasErrors
        if kind != .full, let full = chains.last {
            // Which backups hold files that did not change since is a matter of chance, except for the full one.
            record.references = [full]
            var place = backups.count - 1
            while place >= 0, backups[place].kind != .full, chains[place] == full {
                if Int.random(in: 0..<8, using: &generator) == 0 { record.references.append(backups[place].label) }
                place -= 1
            }
        }
        backups.append(record)
        chains.append(kind == .full ? label : chains[chains.count - 1])
        if kind == .full, !hasErrors, firstStop == nil { firstStop = record.stop }
        return true
    }

    private func name(_ moment: Timestamp) -> String {
        let digits = moment.rfc3339Seconds.filter(\.isNumber)
        return "\(digits.prefix(8))-\(digits.suffix(6))"
    }

    /// Removes what the plan says; the complaint when something is removed that another one stands on.
    mutating func execute(_ plan: RetentionPlan) -> String? {
        for label in plan.expired {
            guard let place = backups.firstIndex(where: { $0.label == label }) else { return "\(label) is not there" }
            // As pgBackRest does: what was made later in the same chain would go too.
            if place + 1 < backups.count, chains[place + 1] == chains[place] {
                return "\(backups[place + 1].label) stands on \(label), which is removed"
            }
            backups.remove(at: place)
            chains.remove(at: place)
        }
        let fulls = backups.filter { $0.kind == .full }
        if let first = fulls.suffix(max(1, plan.replayableFulls)).first { logStart = max(logStart, first.start) }
        return nil
    }

    /// The sound ones: without errors, and standing on sound ones that are there.
    func sound() -> [BackupRecord] {
        var labels: Set<String> = []
        return backups.filter { backup in
            let isSound = !backup.hasErrors && backup.references.allSatisfy { labels.contains($0) }
            if isSound { labels.insert(backup.label) }
            return isSound
        }
    }
}
