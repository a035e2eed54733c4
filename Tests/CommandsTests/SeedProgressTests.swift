import Testing

@testable import Commands
@testable import Seed

@Suite struct SeedProgressTests {
    private let start = ContinuousClock.now
    private let plan = SeedPlan(
        [SeedTable("salons", "id", stage: 0, units: 1, rows: 2000, rowSize: 1024) { _, _ in }])

    @Test("Elsewhere than on a terminal a line comes every ten seconds, with what is still to go")
    func lines() {
        var progress = SeedProgress(isTerminal: false)
        #expect(progress.text(for: .planned(plan), at: start) == "copying 2,000 rows, about 2 MB\n")
        #expect(progress.text(for: .copied(500), at: start + .seconds(9)) == "")
        #expect(
            progress.text(for: .copied(500), at: start + .seconds(10))
                == "  1,000 rows (50 %), 100 a second, about 11 s to go\n")
        #expect(progress.text(for: .copied(1), at: start + .seconds(11)) == "")
        #expect(
            progress.text(for: .copied(999), at: start + .seconds(12)) == "  2,000 rows (100 %), 166 a second\n")
        #expect(progress.text(for: .proving, at: start + .seconds(12)) == "proving that everything fits together\n")
        #expect(progress.end() == "")
    }

    @Test("On a terminal one line is written over, and ended by whatever comes next")
    func terminal() {
        var progress = SeedProgress(isTerminal: true)
        _ = progress.text(for: .planned(plan), at: start)
        #expect(
            progress.text(for: .copied(1000), at: start + .seconds(1))
                == "\r  1,000 rows (50 %), 1,000 a second, about 2.0 s to go\u{1B}[K")
        #expect(progress.text(for: .proving, at: start).hasPrefix("\nproving"))
        _ = progress.text(for: .copied(1000), at: start + .seconds(2))
        #expect(progress.end() == "\n")
        #expect(progress.end() == "")
    }
}
