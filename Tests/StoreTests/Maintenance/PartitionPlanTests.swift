import Basics
import TestSupport
import Testing

@testable import Store

@Suite("What there is to do about partitions is decided by the calendar") struct PartitionPlanTests {
    private let policy = PartitionPolicy("messages", ahead: 2, kept: 3, archived: 6)

    private func plan(_ partitions: TablePartitions, _ month: Month) -> [String] {
        PartitionPlan(existing: ["messages": partitions], now: month, policies: [policy]).actions.map(\.description)
    }

    private func months(_ names: String...) -> Set<Month> { Set(names.compactMap { Month(name: $0) }) }

    @Test("An empty table gets the current month and those ahead, over the end of the year too")
    func empty() {
        #expect(
            plan(TablePartitions(), Month(year: 2026, month: 11))
                == ["add messages_2026_11", "add messages_2026_12", "add messages_2027_01"])
    }

    @Test("What is there needs nothing")
    func nothing() {
        let there = TablePartitions(attached: months("2026_10", "2026_11", "2026_12", "2027_01"))
        #expect(plan(there, Month(year: 2026, month: 11)).isEmpty)
    }

    @Test("Old months go to the archive, and from there when they have outlived that too, the oldest first")
    func old() {
        let there = TablePartitions(
            attached: Set(Month(year: 2026, month: 6).through(Month(year: 2027, month: 1))),
            archived: months("2026_04", "2026_05"))
        #expect(
            plan(there, Month(year: 2026, month: 11))
                == ["archive messages_2026_06", "archive messages_2026_07", "drop messages_2026_04"])
    }

    @Test("Strays get their month and those up to it, those too old go to the archive, and those far ahead wait")
    func strays() {
        let there = TablePartitions(
            attached: months("2026_11", "2026_12", "2027_01"),
            strays: months("2026_09", "2026_06", "2027_05", "2026_01"))
        #expect(
            plan(there, Month(year: 2026, month: 11)) == [
                "add messages_2026_10", "add messages_2026_09", "archive messages_2026_01", "archive messages_2026_06",
                "drop messages_2026_01",
            ])
    }

    @Test("A month that lies in the archive is not made again: what came in of it follows it there")
    func archivedBefore() {
        let there = TablePartitions(
            attached: months("2026_11", "2026_12", "2027_01"), strays: months("2026_09", "2026_10"),
            archived: months("2026_09"))
        #expect(
            plan(there, Month(year: 2026, month: 11)) == ["add messages_2026_10", "archive messages_2026_09"])
    }

    @Test("A month that somebody dropped is made again")
    func gap() {
        let there = TablePartitions(attached: months("2026_10", "2026_12", "2027_01"))
        #expect(plan(there, Month(year: 2026, month: 11)) == ["add messages_2026_11"])
    }

    @Test("After a long sleep the months that were missed are made up to those ahead, and the oldest of them archived")
    func asleep() {
        let there = TablePartitions(attached: months("2026_06"))
        #expect(
            plan(there, Month(year: 2026, month: 11))
                == ["07", "08", "09", "10", "11", "12"].map { "add messages_2026_\($0)" } + [
                    "add messages_2027_01", "archive messages_2026_06", "archive messages_2026_07",
                ])
    }

    @Test("Months are read from names and from moments, and nothing else is")
    func calendar() {
        #expect(Month(Timestamp(seconds: 0)) == Month(year: 1970, month: 1))
        #expect(Month(year: 2026, month: 11) + 2 == Month(year: 2027, month: 1))
        #expect(Month(year: 2026, month: 1) - 13 == Month(year: 2024, month: 12))
        #expect((Month(year: 2026, month: 12) + 1).firstDay == "2027-01-01")
        for name in ["default", "2026", "2026_13", "2026_00", "26_11", "2026_1", "2026_11_", "+026_11", "-026_11"] {
            #expect(Month(name: name) == nil, "\(name)")
        }
    }

    @Test("Over years, with runs missed and strays coming in, nothing young is archived and no month ahead is missing")
    func years() {
        var generator = SeededGenerator()
        for _ in 0..<20 {
            let kept = Int.random(in: 0...6, using: &generator)
            let policy = PartitionPolicy(
                "messages", ahead: .random(in: 0...4, using: &generator), kept: kept,
                archived: Bool.random(using: &generator) ? kept + .random(in: 0...6, using: &generator) : nil)
            var table = TablePartitions()
            var month = Month(year: 2026, month: 11)
            for _ in 0..<36 {
                // The maintenance is missed now and then, for months even.
                month = month + [0, 1, 1, 1, 1, 2, 7].randomElement(using: &generator).unsafelyUnwrapped
                for _ in 0..<Int.random(in: 0...2, using: &generator) {
                    let stray = month + .random(in: -20...12, using: &generator)
                    if !table.attached.contains(stray) { table.strays.insert(stray) }
                }
                let plan = PartitionPlan(existing: ["messages": table], now: month, policies: [policy])
                // It may be killed after any action, and the next run finishes it.
                let survived = Int.random(in: 0...plan.actions.count, using: &generator)
                for action in plan.actions.prefix(survived) {
                    perform(action, on: &table, month, policy, generator.note)
                }
                let rest = PartitionPlan(existing: ["messages": table], now: month, policies: [policy])
                #expect(rest.actions == Array(plan.actions.dropFirst(survived)), generator.note)
                for action in rest.actions { perform(action, on: &table, month, policy, generator.note) }
                #expect((0...policy.ahead).allSatisfy { table.attached.contains(month + $0) }, generator.note)
                #expect(table.attached.allSatisfy { $0 >= month - policy.kept }, generator.note)
                #expect(
                    PartitionPlan(existing: ["messages": table], now: month, policies: [policy]).actions.isEmpty,
                    generator.note)
            }
        }
    }

    private func perform(
        _ action: PartitionAction, on table: inout TablePartitions, _ now: Month, _ policy: PartitionPolicy,
        _ note: Comment
    ) {
        switch action {
        case .add(_, let month):
            let (first, last) = (table.attached.min() ?? month, table.attached.max() ?? month - 1)
            #expect((first - 1...last + 1).contains(month), "next to the others, \(note)")
            #expect(!table.attached.contains(month), note)
            #expect(!table.archived.contains(month), note)
            table.attached.insert(month)
            table.strays.remove(month)
        case .archive(_, let month):
            #expect(month < now - policy.kept || table.archived.contains(month), note)
            if table.attached.contains(month) {
                #expect(month == table.attached.min(), "the first of them, \(note)")
                table.attached.remove(month)
            } else {
                #expect(table.strays.contains(month), note)
            }
            table.strays.remove(month)
            table.archived.insert(month)
        case .drop(_, let month):
            #expect(month < now - (policy.archived ?? .max), note)
            #expect(table.archived.remove(month) != nil, note)
        }
    }
}
