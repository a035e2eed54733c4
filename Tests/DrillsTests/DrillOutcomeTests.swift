import Telemetry
import Testing

@testable import Drills

@Suite struct DrillOutcomeTests {
    private func run(_ kind: Disturbance, firstWrite: Int, stall: Int = 0, errors: [String: Int] = [:]) -> DrillRun {
        DrillRun(
            disturbance: kind, from: "node1", to: "node2", firstWrite: .milliseconds(firstWrite),
            pause: .milliseconds(firstWrite + 20), stall: .milliseconds(stall), wholeAgain: .seconds(6),
            acknowledged: 100, errors: errors)
    }

    private func figures(
        _ runs: [DrillRun], rows: [String: RowCheck] = [:], overlaps: [PrimaryLedger.Violation] = []
    ) -> [String: MeasuredFigure] {
        let plan = DrillPlan(runs: 1, of: runs.map(\.disturbance), clients: 1, seed: 1)
        let outcome = DrillOutcome(plan: plan, runs: runs, rows: rows, overlaps: overlaps)
        return Dictionary(uniqueKeysWithValues: outcome.figures.map { ($0.name, $0) })
    }

    /// One acknowledged write, and the rows that a node has of it.
    private func check(copies: Int) throws -> RowCheck {
        let table = WriterTable(seed: 1)
        let write = Operation(client: 1, sequence: 1)
        var journal = JournalContents()
        try journal.add(JournalRecord(.intent, write))
        try journal.add(JournalRecord(.acknowledged, write))
        let row = WrittenRow(operation: write, value: table.value(of: write))
        return RowCheck(Array(repeating: row, count: copies), of: table, against: journal)
    }

    @Test("The first write has a median and a worst of each fault by itself, and both have the floor")
    func firstWrite() {
        let found = figures([
            run(.postmaster, firstWrite: 300), run(.node, firstWrite: 400), run(.postmaster, firstWrite: 1200),
            run(.node, firstWrite: 600), run(.postmaster, firstWrite: 350),
        ])
        let median = found["failover.postmaster.first_write.median"]
        #expect(median?.value == 0.35 && median?.holds == true)
        let worst = found["failover.postmaster.first_write.worst"]
        #expect(worst?.value == 1.2 && worst?.holds == false && worst?.floor == 1 && worst?.aim == 0.5)
        #expect(worst?.runs.map(\.value) == [0.3, 1.2, 0.35])
        #expect(found["failover.node.first_write.median"]?.value == 0.5)
        #expect(found["switchover.stall.worst"] == nil)
    }

    @Test("A switchover is held to what a client waited and to the errors that it saw")
    func switchover() {
        let found = figures([
            run(.switchover, firstWrite: 700, stall: 900),
            run(.switchover, firstWrite: 700, stall: 1600, errors: ["57P01": 2, "lost": 1]),
        ])
        #expect(found["switchover.stall.median"]?.value == 1.25)
        #expect(found["switchover.stall.worst"]?.holds == false)
        #expect(found["switchover.client_errors"]?.value == 3)
        #expect(found["switchover.client_errors"]?.holds == false)
        #expect(found["errors.57P01"]?.runs.map(\.value) == [0, 2])
        #expect(found["errors.57P01"]?.holds == nil)
    }

    @Test("What all nodes have once is right")
    func right() throws {
        let whole = try check(copies: 1)
        let found = figures([run(.node, firstWrite: 300)], rows: ["node1": whole, "node2": whole])
        for name in ["rows.lost", "rows.doubled", "rows.wrong", "primaries.overlapping"] {
            #expect(found[name]?.holds == true)
        }
    }

    @Test("A row that one node lacks is lost, and one that a node has twice is doubled")
    func wrong() throws {
        let found = figures(
            [run(.node, firstWrite: 300)],
            rows: ["node1": try check(copies: 1), "node2": try check(copies: 0), "node3": try check(copies: 2)])
        #expect(found["rows.lost"]?.value == 1 && found["rows.lost"]?.holds == false)
        #expect(found["rows.doubled"]?.value == 1 && found["rows.doubled"]?.holds == false)
        #expect(found["rows.wrong"]?.holds == true)
    }

    @Test("Two primaries at once break a floor")
    func overlap() {
        var ledger = PrimaryLedger()
        let start = ContinuousClock.now
        for (node, timeline, second) in [("node1", 1, 0), ("node2", 2, 1), ("node1", 1, 2)] {
            let moment = start + .seconds(second)
            ledger.see(.init(node: node, timeline: timeline, asked: moment, answered: moment + .milliseconds(1)))
        }
        let found = figures([run(.node, firstWrite: 300)], overlaps: ledger.violations)
        #expect(found["primaries.overlapping"]?.value == 1 && found["primaries.overlapping"]?.holds == false)
    }
}
