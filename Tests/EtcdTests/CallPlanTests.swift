import Basics
import Testing

@testable import Etcd

@Suite struct CallPlanTests {
    private func plan(_ members: Int = 3, isRepeatable: Bool = false) -> CallPlan {
        CallPlan(
            order: Array(0..<members), isRepeatable: isRepeatable, limit: .seconds(5), attemptLimit: .seconds(2))
    }

    private func error(_ kind: EtcdError.Kind, mayHaveRun: Bool = false) -> EtcdError {
        EtcdError(kind, mayHaveRun: mayHaveRun, ParlorError(.connection, "\(kind)"))
    }

    @Test("The members are asked in turn, and a member that hangs leaves time for the others")
    func shares() {
        var plan = plan()
        #expect(plan.next(after: .zero, spread: 0) == .ask(0, within: .seconds(5) / 3))
        plan.failed(error(.unreachable))
        #expect(plan.next(after: .seconds(1), spread: 0) == .ask(1, within: .seconds(2)))
        plan.failed(error(.unreachable))
        #expect(plan.next(after: .seconds(3), spread: 0) == .ask(2, within: .seconds(2)))
    }

    @Test("When nobody can do it now, it is tried again in rounds until the limit")
    func rounds() {
        var plan = plan(1)
        #expect(plan.next(after: .zero, spread: 1) == .ask(0, within: .seconds(2)))
        plan.failed(error(.noLeader))
        #expect(plan.next(after: .zero, spread: 1) == .pause(.milliseconds(25)))
        #expect(plan.next(after: .milliseconds(25), spread: 1) == .ask(0, within: .seconds(2)))
        plan.failed(error(.unreachable))
        #expect(plan.next(after: .milliseconds(30), spread: 0) == .pause(.milliseconds(25)))
        #expect(plan.next(after: .seconds(4.5), spread: 0) == .ask(0, within: .milliseconds(500)))
        plan.failed(error(.unreachable))
        #expect(plan.next(after: .seconds(4.99), spread: 1) == .giveUp)
        #expect(plan.outcome?.kind == .noLeader)
    }

    @Test("What may have been done is not done again, unless that does no harm")
    func repeats() {
        var once = plan()
        _ = once.next(after: .zero, spread: 0)
        once.failed(error(.overdue, mayHaveRun: true))
        #expect(once.next(after: .zero, spread: 0) == .giveUp)
        #expect(once.outcome == error(.overdue, mayHaveRun: true) && once.outcome?.isSafeToRepeat == false)

        var again = plan(isRepeatable: true)
        _ = again.next(after: .zero, spread: 0)
        again.failed(error(.overdue, mayHaveRun: true))
        #expect(again.next(after: .zero, spread: 0) == .ask(1, within: .seconds(2)))
        again.failed(error(.noLeader))
        #expect(again.outcome == error(.noLeader, mayHaveRun: true))
    }

    @Test("An answer that will not change ends the call")
    func finalAnswer() {
        var plan = plan()
        _ = plan.next(after: .zero, spread: 0)
        plan.failed(error(.unreachable))
        _ = plan.next(after: .zero, spread: 0)
        plan.failed(error(.compacted))
        #expect(plan.next(after: .zero, spread: 0) == .giveUp)
        #expect(plan.outcome?.kind == .compacted)
    }

    @Test("Who failed is asked last, who answered first")
    func order() {
        var order = EndpointOrder(count: 3)
        order.failed(0)
        #expect(order.order == [1, 2, 0])
        order.failed(0)
        #expect(order.order == [1, 2, 0])
        order.answered(2)
        #expect(order.order == [2, 0, 1])
        order.answered(2)
        #expect(order.order == [2, 0, 1])
    }
}
