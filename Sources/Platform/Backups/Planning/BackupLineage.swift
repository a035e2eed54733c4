/// The backups of a repository in its own order, with what each of them stands on.
///
/// A backup needs those that hold files of it, and the one before it in its chain: pgBackRest removes with a backup all
/// those that were made after it in the same chain, whether they hold files of it or not.
struct BackupLineage {
    /// In the order of their labels, which is the repository's.
    let records: [BackupRecord]
    /// For each of them the places of those it stands on, its full one first; all of them come before it.
    private(set) var needs: [[Int]] = []
    /// For each of them one that it would need and that is not there; nil when it can be restored.
    private(set) var missing: [String?] = []
    /// For each of them whether it can be relied on: it can be restored, and neither it nor what it needs has errors.
    private(set) var isSound: [Bool] = []

    /// Finds out what stands on what.
    init(of backups: [BackupRecord]) {
        records = backups.sorted { $0.label < $1.label }
        var places: [String: Int] = [:]
        var lastOfChain: [String: Int] = [:]
        for (place, record) in records.enumerated() {
            let chain = record.fullLabel
            var found: [Int] = []
            var gap: String?
            for label in record.kind == .full ? record.references : [chain] + record.references {
                if let need = places[label] { found.append(need) } else { gap = gap ?? label }
            }
            if record.kind == .incremental, let prior = lastOfChain[chain] { found.append(prior) }
            var isSound = !record.hasErrors
            for need in found {
                gap = gap ?? missing[need]
                isSound = isSound && self.isSound[need]
            }
            needs.append(found)
            missing.append(gap)
            self.isSound.append(isSound && gap == nil)
            places[record.label] = place
            lastOfChain[chain] = place
        }
    }

    /// The places of the full backups.
    var fulls: [Int] { records.indices.filter { records[$0].kind == .full } }

    /// The place of the full backup that another one stands on.
    func full(of place: Int) -> Int {
        records[place].kind == .full ? place : needs[place].first ?? place
    }
}
