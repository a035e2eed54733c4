import Basics
import Glibc
import TestSupport
import Testing

@testable import Trust

@Suite struct KilledRotationTests {
    @Test(
        "Before every step on disk all pairs fit and everybody believes everybody, whoever has read what",
        arguments: RotationPlan.Goal.allCases)
    func everyStep(goal: RotationPlan.Goal) throws {
        try withTemporaryFolder { folder in
            let life = Life(in: folder)
            let killer = Killer()
            let watched = life.store.asking { operation throws(ParlorError) in
                try killer.ask(operation)
                do { try life.look() } catch { Issue.record(error, "before step \(killer.steps), \(operation)") }
            }
            try life.run(goal, with: watched)
            #expect(killer.steps > 40)
            #expect(try life.isUpToDate, life.note)
        }
    }

    @Test(
        "Killed before any step on disk, everybody still believes everybody, and what is left finishes the rotation",
        arguments: RotationPlan.Goal.allCases)
    func killed(goal: RotationPlan.Goal) throws {
        let steps = try withTemporaryFolder { folder in
            let life = Life(in: folder)
            let killer = Killer()
            try life.run(goal, with: life.store(with: killer))
            return killer.steps
        }
        // All of them take long; some, others in each run, are enough in the ordinary suite.
        let isThorough = getenv("PARLOR_FUZZ_SECONDS") != nil
        var generator = SeededGenerator()
        let first = isThorough ? 0 : Int.random(in: 0..<17, using: &generator)
        for last in stride(from: first, to: steps, by: isThorough ? 1 : 17) { try kill(after: last, goal) }
    }

    private func kill(after steps: Int, _ goal: RotationPlan.Goal) throws {
        try withTemporaryFolder { folder in
            let life = Life(in: folder)
            let error = #expect(throws: ParlorError.self) {
                try life.run(goal, with: life.store(with: Killer(after: steps)))
            }
            #expect(error?.what == Killer.death.what, "killed after \(steps): \(String(describing: error))")
            // Parts that run go on; some of them die as well and start with what they find.
            try life.look()
            try life.recover()
            let stored = try #require(try life.store.current())
            #expect(try life.isUpToDate, "killed after \(steps), \(life.note)")
            #expect(try life.store.rotationState() == RotationPlan.State(.settled, isLoaded: true))
            #expect(stored.content.authorities.count == 1)
            #expect(try Files.list(life.store.layout.generations) == [StoreLayout.name(stored.number)])
            #expect(try Files.list(life.store.layout.folder) == ["current", "generations", "loaded", "lock"])
        }
    }

    @Test("Any order of renewals, rotations, restarts and kills leaves a cluster that believes itself")
    func anyOrder() throws {
        try withTemporaryFolder { folder in
            let life = Life(in: folder)
            var day = 0
            for _ in 0..<12 {
                day += life.number(in: 0...100)
                let moment = today.after(days: day)
                try life.store.ensure(Life.parts, at: moment)
                // Days have passed: what had read nothing new would have expired.
                try life.loadAll()
                let killer = Killer(after: life.number(in: 0...50))
                let goal = RotationPlan.Goal.allCases[life.number(in: 0...1)]
                do {
                    let plan = RotationPlan(goal, from: try life.store.rotationState())
                    try life.follow(plan, with: life.store(with: killer), at: moment)
                } catch let error as ParlorError where error.what == Killer.death.what {
                    // The next turn begins with what is there.
                }
                try life.look(at: moment)
            }
        }
    }
}
