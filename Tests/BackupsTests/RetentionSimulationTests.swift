import Backups
import Basics
import TestSupport
import Testing

/// The rules hold for years, and the check that says so notices planners that break them.
@Suite struct RetentionSimulationTests {
    private func complaint(
        _ seed: UInt64, _ policy: RetentionPolicy = RetentionPolicy(daily: 7, weekly: 30, monthly: 365),
        days: Int = 1200, planner: @escaping RetentionSimulation.Planner
    ) -> String? {
        var simulation = RetentionSimulation(policy, seed: seed, planner: planner)
        return simulation.complaint(days: days)
    }

    @Test("For more than three years of failures, gaps, errors and clocks set back, every rule holds every day")
    func years() {
        let generator = SeededGenerator()
        let found = complaint(generator.seed) { RetentionPlan(of: $0, policy: $1, now: $2) }
        #expect(found == nil, generator.note)
    }

    @Test("The rules hold for other policies too")
    func otherPolicies() {
        var generator = SeededGenerator()
        for _ in 0..<4 {
            let policy = RetentionPolicy(
                daily: .random(in: 0...9, using: &generator), weekly: .random(in: 0...60, using: &generator),
                monthly: .random(in: 0...400, using: &generator))
            let found = complaint(generator.next(), policy, days: 80) { RetentionPlan(of: $0, policy: $1, now: $2) }
            #expect(found == nil, "\(policy), \(generator.note)")
        }
    }

    private static let brokenPlanners: [([String], @Sendable (inout RetentionPlan) -> Void)] = [
        (["stands on"], { $0.expire { reasons in reasons.allSatisfy(\.isSupport) } }),
        (
            ["not reachable", "stands on"],
            { $0.expire { reasons in reasons.allSatisfy { $0.isSupport || $0.isReach } } }
        ),
        (["not reachable", "stands on"], { $0.replayableFulls = max(1, $0.replayableFulls - 1) }),
        (["not reachable", "stands on"], { $0.expire { _ in true } }),
        (["the first of", "stands on"], { $0.expire { reasons in reasons.allSatisfy(\.isWeek) } }),
        (["the first of", "stands on"], { $0.expire { reasons in reasons.allSatisfy(\.isMonth) } }),
        (["are kept"], { $0.keepAll() }),
        (["the newest sound"], { $0.expireNewestFull() }),
    ]

    @Test("A planner that breaks a rule is noticed", arguments: brokenPlanners.indices)
    func broken(place: Int) throws {
        let generator = SeededGenerator()
        let (words, spoil) = Self.brokenPlanners[place]
        let found = complaint(generator.seed) {
            var plan = RetentionPlan(of: $0, policy: $1, now: $2)
            spoil(&plan)
            return plan
        }
        let complaint = try #require(found, generator.note)
        #expect(words.contains { complaint.contains($0) }, "\(complaint), \(generator.note)")
    }
}

extension KeepingReason {
    fileprivate var isSupport: Bool { if case .support = self { true } else { false } }
    fileprivate var isReach: Bool { if case .reach = self { true } else { false } }
    fileprivate var isWeek: Bool { if case .week = self { true } else { false } }
    fileprivate var isMonth: Bool { if case .month = self { true } else { false } }
    fileprivate var isNewest: Bool { self == .newest }
}

extension RetentionPlan {
    /// Has those go that are kept for such reasons only, except the newest.
    fileprivate mutating func expire(_ isToGo: ([KeepingReason]) -> Bool) {
        for place in decisions.indices {
            guard case .keep(let reasons) = decisions[place].verdict, !reasons.contains(.newest), isToGo(reasons) else {
                continue
            }
            decisions[place].verdict = .expire(.old(days: 0))
        }
    }

    fileprivate mutating func keepAll() {
        for place in decisions.indices { decisions[place].verdict = .keep([.newest]) }
        replayableFulls = decisions.count
    }

    /// With all that stands on it.
    fileprivate mutating func expireNewestFull() {
        let newest = decisions.last { decision in
            guard case .keep(let reasons) = decision.verdict else { return false }
            return decision.backup.kind == .full && reasons.contains(.newest)
        }
        guard let label = newest?.backup.label else { return }
        for place in decisions.indices where decisions[place].backup.fullLabel == label {
            decisions[place].verdict = .expire(.old(days: 0))
        }
    }
}
