import Basics
import Testing

@testable import Seed

@Suite("What a seeding does with what it finds")
struct SeedDecisionTests {
    private let request = SeedRequest(
        number: 7, size: .workload(scale: 0.005), until: Timestamp(seconds: 1_772_323_200 + 4000))

    private func mark(size: String = "0.005", until: String = "2026-03-01", isComplete: Bool = true) -> SeedMark {
        SeedMark(number: 7, size: size, until: until, isComplete: isComplete)
    }

    private func decision(_ mark: SeedMark?, foreign: Int = 0, allows: Bool = false) -> SeedDecision {
        SeedDecision(request, mark: mark, foreign: foreign, allowsForeign: allows)
    }

    @Test("An empty database is filled")
    func empty() { #expect(decision(nil) == .begin(removesRest: false)) }

    @Test("What is there as it was asked for is left alone")
    func complete() { #expect(decision(mark(), foreign: 3) == .nothing) }

    @Test("What was cut short is removed first, even if it was something else")
    func rest() {
        #expect(decision(mark(isComplete: false)) == .begin(removesRest: true))
        #expect(decision(mark(size: "demo", isComplete: false), foreign: 2) == .begin(removesRest: true))
    }

    @Test("The same number with another size or end is refused, with the way out")
    func other() {
        for other in [mark(size: "demo"), mark(until: "2026-02-28")] {
            #expect(decision(other, allows: true) == .refuseOther(other))
        }
        #expect(
            decision(mark(size: "demo")).refusal?.description == """
                seed 7 is in the database already: it has size demo and ends on 2026-03-01
                HINT: Run "./parlor seed --remove --seed 7" first, or use another number.
                """)
    }

    @Test("Salons that no seed has made are not joined without a yes")
    func foreign() {
        #expect(decision(nil, foreign: 1) == .refuseForeign(1))
        #expect(decision(nil, foreign: 1, allows: true) == .begin(removesRest: false))
        #expect(
            decision(nil, foreign: 2).refusal?.description == """
                nothing was seeded: the database has 2 salons that no seed has made
                HINT: Add --yes if seeded salons may stand beside them.
                """)
    }
}
