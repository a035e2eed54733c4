import Drills
import Testing

@Suite struct RowCheckTests {
    private static let table = WriterTable(seed: 7)

    private func operation(_ sequence: Int) -> Operation { Operation(client: 1, sequence: sequence) }

    private func row(_ sequence: Int) -> WrittenRow {
        WrittenRow(operation: operation(sequence), value: Self.table.value(of: operation(sequence)))
    }

    /// 1 and 2 are acknowledged, 3 is unknown, 4 refused, of 5 there is nothing but the intent.
    private func journal() throws -> JournalContents {
        var journal = JournalContents()
        for sequence in 1...5 { try journal.add(JournalRecord(.intent, operation(sequence))) }
        try journal.add(JournalRecord(.acknowledged, operation(1)))
        try journal.add(JournalRecord(.acknowledged, operation(2)))
        try journal.add(JournalRecord(.unknown, operation(3)))
        try journal.add(JournalRecord(.refused, operation(4)))
        return journal
    }

    private func check(_ rows: [WrittenRow]) throws -> RowCheck {
        RowCheck(rows, of: Self.table, against: try journal())
    }

    @Test("Acknowledged rows with or without those of unknown outcome are right", arguments: [[], [3], [5], [3, 5]])
    func right(unknown: [Int]) throws {
        let check = try check(([2, 1] + unknown).map(row))
        #expect(check.holds)
        #expect(check.takenEffect == unknown.count)
        #expect(check.description == "2 acknowledged; \(unknown.count) of unknown outcome there")
    }

    @Test("Each kind of wrong is found and named")
    func wrong() throws {
        let lost = try check([row(1)])
        #expect(lost.lost == [operation(2)] && !lost.holds)
        #expect(lost.description == "2 acknowledged; 0 of unknown outcome there; 1 lost (1.2)")
        let doubled = try check([1, 2, 2, 3, 3].map(row))
        #expect(doubled.doubled == [operation(2), operation(3)] && !doubled.holds)
        let undead = try check([1, 2, 4].map(row))
        #expect(undead.undead == [operation(4)] && !undead.holds)
        let foreign = try check([1, 2, 6].map(row))
        #expect(foreign.foreign == [operation(6)] && !foreign.holds)
        let altered = try check([row(1), WrittenRow(operation: operation(2), value: 0)])
        #expect(altered.altered == [operation(2)] && !altered.holds)
    }
}
