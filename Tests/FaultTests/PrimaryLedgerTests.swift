import Drills
import TestSupport
import Testing

@Suite struct PrimaryLedgerTests {
    private static let start = ContinuousClock.now

    private func seen(_ node: String, _ timeline: Int, _ asked: Int, _ answered: Int) -> PrimaryLedger.Sighting {
        PrimaryLedger.Sighting(
            node: node, timeline: timeline, asked: Self.start + .seconds(asked),
            answered: Self.start + .seconds(answered))
    }

    private func ledger(_ sightings: [PrimaryLedger.Sighting]) -> PrimaryLedger {
        sightings.reduce(into: PrimaryLedger()) { $0.see($1) }
    }

    @Test("One primary after the other is right, the first again on a later timeline too")
    func succession() {
        let ledger = ledger([seen("a", 1, 0, 1), seen("a", 1, 2, 3), seen("b", 2, 4, 5), seen("a", 3, 6, 7)])
        #expect(ledger.violations.isEmpty)
        #expect(ledger.succession == ["a", "b", "a"])
        #expect(ledger.sightings == ["a": 3, "b": 1])
    }

    @Test("A primary that was asked after its successor had answered is a violation, in whatever order that is learnt")
    func late() {
        let sightings = [seen("a", 1, 0, 1), seen("b", 2, 2, 3), seen("a", 1, 5, 6)]
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let ledger = ledger(order.map { sightings[$0] })
            #expect(ledger.violations.map(\.description) == ["a was a primary on timeline 1 after b was one on 2"])
            #expect(ledger.longestOverlap == .seconds(2))
        }
    }

    @Test("An answer that comes late to an early question proves nothing")
    func pending() {
        let ledger = ledger([seen("a", 1, 0, 1), seen("a", 1, 2, 60), seen("b", 2, 5, 6)])
        #expect(ledger.violations.isEmpty && ledger.longestOverlap == .zero)
    }

    @Test("Two primaries of one timeline are a violation at any time")
    func split() {
        let ledger = ledger([seen("a", 2, 0, 1), seen("b", 2, 5, 6), seen("b", 2, 7, 8)])
        #expect(ledger.violations.map(\.description) == ["b and a were both primaries on timeline 2"])
    }

    @Test("Random histories of one primary at a time are right, and one late answer is always found")
    func random() {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            var (sightings, now): ([PrimaryLedger.Sighting], Int) = ([], 0)
            for timeline in 1...Int.random(in: 2...5, using: &generator) {
                let node = "n\(timeline % 3)"
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let asked = now + Int.random(in: 0...3, using: &generator)
                    now = asked + Int.random(in: 1...3, using: &generator)
                    sightings.append(seen(node, timeline, asked, now))
                }
            }
            let shuffled = sightings.shuffled(using: &generator)
            #expect(ledger(shuffled).violations.isEmpty, generator.note)
            let last = sightings[sightings.count - 1]
            let late = seen("n\((last.timeline + 2) % 3)", last.timeline - 1, now + 1, now + 2)
            let spoilt = (sightings + [late]).shuffled(using: &generator)
            #expect(!ledger(spoilt).violations.isEmpty, generator.note)
        }
    }
}
