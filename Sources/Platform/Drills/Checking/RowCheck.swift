/// What a server has, held against what its clients were told: invariant A.
///
/// A write that was acknowledged is there once; one that is unknown is there once or not at all; one that was refused is
/// not there; and nothing is there that nobody wrote, or that holds something else than was written.
package struct RowCheck: Equatable, Sendable {
    /// Acknowledged, and not there.
    package private(set) var lost: [Operation] = []
    /// There more than once.
    package private(set) var doubled: [Operation] = []
    /// Refused, and there.
    package private(set) var undead: [Operation] = []
    /// There without having been sent.
    package private(set) var foreign: [Operation] = []
    /// There with another value.
    package private(set) var altered: [Operation] = []
    /// How many writes were acknowledged.
    package let acknowledged: Int
    /// Of the writes whose outcome nobody knew, how many took effect.
    package private(set) var takenEffect = 0

    /// Holds rows against a journal.
    package init(_ rows: [WrittenRow], of table: WriterTable, against journal: JournalContents) {
        acknowledged = journal.count(.acknowledged)
        let found = Dictionary(grouping: rows, by: \.operation)
        for (operation, rows) in found {
            if rows.count > 1 { doubled.append(operation) }
            if rows.contains(where: { $0.value != table.value(of: operation) }) { altered.append(operation) }
            switch journal.outcomes[operation] {
            case .acknowledged: break
            case .intent, .unknown: takenEffect += 1
            case .refused: undead.append(operation)
            case nil: foreign.append(operation)
            }
        }
        lost = journal.outcomes.filter { $0.value == .acknowledged && found[$0.key] == nil }.map(\.key)
        lost.sort()
        doubled.sort()
        undead.sort()
        foreign.sort()
        altered.sort()
    }

    /// Whether everything is as it should be.
    package var holds: Bool { [lost, doubled, undead, foreign, altered].allSatisfy(\.isEmpty) }
}

extension RowCheck: CustomStringConvertible {
    /// One line: `120 acknowledged; 3 lost (1.4, 1.5, 2.9)`.
    package var description: String {
        let faults = [
            ("lost", lost), ("doubled", doubled), ("refused but there", undead), ("foreign", foreign),
            ("altered", altered),
        ].filter { !$0.1.isEmpty }.map { name, operations in
            let first = operations.prefix(5).map(\.description).joined(separator: ", ")
            return "\(operations.count) \(name) (\(first)\(operations.count > 5 ? ", …" : ""))"
        }
        let unknown = "\(takenEffect) of unknown outcome there"
        return (["\(acknowledged) acknowledged", unknown] + faults).joined(separator: "; ")
    }
}
