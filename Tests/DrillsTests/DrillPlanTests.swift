import Drills
import TestSupport
import Testing

@Suite struct DrillPlanTests {
    @Test("The kinds take turns, and each has as many runs as were asked for")
    func turns() {
        let plan = DrillPlan(runs: 2, of: [.postmaster, .node], clients: 16, seed: 1)
        #expect(plan.disturbances == [.postmaster, .node, .postmaster, .node])
        #expect(plan.delays.count == 4)
    }

    @Test("The same seed makes the same plan, and delays stay below a second")
    func seed() {
        let seed = SeededGenerator().seed
        let plan = DrillPlan(runs: 50, of: [.node], clients: 16, seed: seed)
        #expect(plan == DrillPlan(runs: 50, of: [.node], clients: 16, seed: seed))
        #expect(plan.delays.allSatisfy { $0 >= .zero && $0 < .seconds(1) })
        #expect(Set(plan.delays).count > 1)
    }

    @Test(
        "Many clients write less often each, few not oftener than every 20 ms",
        arguments: [(1, 20), (10, 20), (16, 32), (100, 200), (1000, 2000)])
    func pace(clients: Int, milliseconds: Int) {
        let plan = DrillPlan(runs: 1, of: [.switchover], clients: clients, seed: 1)
        #expect(plan.pace == .milliseconds(milliseconds))
    }
}
