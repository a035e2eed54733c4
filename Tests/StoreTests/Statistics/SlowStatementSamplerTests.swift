import TestSupport
import Testing

@testable import Store

@Suite struct SlowStatementSamplerTests {
    private let start = ContinuousClock.now

    private var limits: SlowStatementLimits {
        var limits = SlowStatementLimits()
        limits.interval = .seconds(10)
        limits.planInterval = .seconds(60)
        return limits
    }

    @Test(
        "The first slow run has a line with a plan, later ones have a line now and then that says how many were left out"
    )
    func life() {
        var sampler = SlowStatementSampler(limits)
        func decide(_ name: String, at second: Int, took: Duration = .milliseconds(200))
            -> SlowStatementSampler.Decision
        {
            sampler.decide(name, took: took, now: start + .seconds(second), chance: 0)
        }
        #expect(decide("a", at: 0, took: .milliseconds(199)) == .fast)
        #expect(decide("a", at: 0) == .log(suppressed: 0, wantsPlan: true))
        for second in 1..<10 { #expect(decide("a", at: second) == .suppress) }
        #expect(decide("b", at: 5) == .log(suppressed: 0, wantsPlan: true))
        #expect(decide("a", at: 10) == .log(suppressed: 9, wantsPlan: false))
        #expect(decide("a", at: 60) == .log(suppressed: 0, wantsPlan: true))
    }

    @Test("What is not sampled is counted, and names beyond the limit have no line")
    func sampling() {
        var limits = limits
        limits.sampleRate = 0.5
        limits.statementsMax = 2
        var sampler = SlowStatementSampler(limits)
        #expect(sampler.decide("a", took: .seconds(1), now: start, chance: 0.5) == .suppress)
        #expect(
            sampler.decide("a", took: .seconds(1), now: start, chance: 0.49) == .log(suppressed: 1, wantsPlan: true))
        #expect(sampler.decide("b", took: .seconds(1), now: start, chance: 0.9) == .suppress)
        #expect(sampler.decide("c", took: .seconds(1), now: start, chance: 0) == .suppress)
        #expect(sampler.decide("b", took: .seconds(1), now: start, chance: 0) == .log(suppressed: 1, wantsPlan: true))
    }

    @Test("Whatever comes, lines and plans of one statement keep their distance, and every slow run is counted once")
    func simulation() {
        var generator = SeededGenerator()
        var sampler = SlowStatementSampler(limits)
        var now = start
        var (lines, plans): ([String: ContinuousClock.Instant], [String: ContinuousClock.Instant]) = ([:], [:])
        var told: [String: Int] = [:]
        var slow: [String: Int] = [:]
        for _ in 0..<5000 {
            now += .milliseconds(Int.random(in: 0...3000, using: &generator))
            let name = ["a", "b", "c"].randomElement(using: &generator) ?? "a"
            let took = Duration.milliseconds(Int.random(in: 0...400, using: &generator))
            let chance = Double.random(in: 0..<1, using: &generator)
            let decision = sampler.decide(name, took: took, now: now, chance: chance)
            #expect((decision == .fast) == (took < .milliseconds(200)), generator.note)
            if decision != .fast { slow[name, default: 0] += 1 }
            guard case .log(let suppressed, let wantsPlan) = decision else { continue }
            told[name, default: 0] += suppressed + 1
            #expect(told[name] == slow[name], generator.note)
            if let last = lines[name] { #expect(now - last >= .seconds(10), generator.note) }
            lines[name] = now
            guard wantsPlan else { continue }
            if let last = plans[name] { #expect(now - last >= .seconds(60), generator.note) }
            plans[name] = now
        }
    }
}
