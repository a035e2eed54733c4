import Basics
import Telemetry
import TestSupport
import Testing

@testable import Commands
@testable import Drills

@Suite struct DrillViewTests {
    static let goldenNames = ["drill-holds", "drill-broken"]

    private func run(_ kind: Disturbance, _ firstWrite: Int, errors: [String: Int] = [:]) -> DrillRun {
        DrillRun(
            disturbance: kind, from: "node1", to: "node2", firstWrite: .milliseconds(firstWrite),
            pause: .milliseconds(firstWrite + 21), stall: .milliseconds(firstWrite + 40),
            wholeAgain: .milliseconds(6243), acknowledged: 3120, errors: errors)
    }

    private func outcome(_ runs: [DrillRun]) -> DrillOutcome {
        DrillOutcome(
            plan: DrillPlan(runs: 1, of: runs.map(\.disturbance), clients: 16, seed: 7), runs: runs, rows: [:],
            overlaps: [])
    }

    private func report(_ outcome: DrillOutcome) -> MeasurementReport {
        MeasurementReport(outcome.figures, seed: outcome.plan.seed)
    }

    private func text(_ outcome: DrillOutcome) -> String {
        let view = DrillView(width: 100)
        let progress = outcome.runs.enumerated().flatMap { index, run in
            view.lines(for: .begins(run: index + 1, of: outcome.runs.count, run.disturbance, on: run.from))
                + view.lines(for: .ended(run: index + 1, of: outcome.runs.count, run))
        }
        let lines = progress + view.lines(for: .checks) + view.lines(for: outcome, report(outcome), inColor: false)
        return lines.map { "\($0)\n" }.joined()
    }

    @Test("A failover drill of which everything holds")
    func holds() {
        let runs = [run(.postmaster, 412, errors: ["08P01": 12, "lost": 3]), run(.node, 640)]
        expectGolden(text(outcome(runs)), "drill-holds")
    }

    @Test("A switchover drill that shows what is wrong, and where that can be looked up")
    func broken() throws {
        var outcome = outcome([run(.switchover, 1700, errors: ["57P01": 2])])
        var journal = JournalContents()
        try journal.add(JournalRecord(.intent, Operation(client: 4, sequence: 9)))
        try journal.add(JournalRecord(.acknowledged, Operation(client: 4, sequence: 9)))
        outcome.rows = ["node2": RowCheck([], of: WriterTable(seed: 7), against: journal)]
        var ledger = PrimaryLedger()
        for (node, timeline) in [("node1", 4), ("node2", 4)] {
            ledger.see(.init(node: node, timeline: timeline, asked: .now, answered: .now))
        }
        outcome.overlaps = ledger.violations
        outcome.journal = "/srv/parlor/drills/journal-2026-03-01T09:30:00Z"
        expectGolden(text(outcome), "drill-broken")
    }

    @Test("For programs it is the object of every command that measures")
    func json() throws {
        let json = report(outcome([run(.node, 1640)])).json
        let results = try #require(json["results"]?.elements)
        #expect(
            results.first
                == [
                    "name": "failover.node.first_write.median", "value": .number(1.64), "unit": "s",
                    "floor": .number(1), "aim": .number(0.5), "holds": false, "runs": [["value": .number(1.64)]],
                ])
        #expect(json["seed"] == 7)
        #expect(json["machine"]?["cores"] != nil && json["at"]?.text != nil)
    }
}
