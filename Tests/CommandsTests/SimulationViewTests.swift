import Basics
import Simulation
import TestSupport
import Testing

@testable import Commands

@Suite("What a simulation tells") struct SimulationViewTests {
    static let goldenNames = ["simulation-summary"]

    @Test("The summary says what was delivered, what came back, and what was refused with which code")
    func summary() {
        var totals = SimulationTotals()
        (totals.begun, totals.content, totals.gaveUp, totals.bookings) = (1200, 1100, 3, 1150)
        (totals.inbound, totals.taken, totals.acknowledged, totals.unacknowledged) = (5400, 5300, 21_000, 12)
        totals.refused = [131_056: 4, 130_429: 17]
        expectGolden(SimulationView.summary(totals), "simulation-summary")
        #expect(SimulationView.json(totals)["refused"]?["131056"]?.int == 4)
        #expect(
            SimulationView.line(totals, 2000)
                == "1,200 of 2,000 have begun, 1,100 are content, 5,400 messages in, 5,300 out")
        #expect(SimulationView.line(totals, nil).hasPrefix("1,200 have begun, "))
    }

    @Test("What is said stands on one line, with who said it to whom")
    func line() {
        func line(_ speaker: SimulatedLine.Speaker, _ words: String) -> String {
            SimulationView.line(
                SimulatedLine(
                    time: Timestamp(seconds: 1_900_000_000), salon: "Luz", customer: "Ana", speaker: speaker,
                    words: words))
        }
        #expect(line(.customer, "Oi!") == "17:46:40  Ana -> Luz: Oi!")
        #expect(line(.salon, "Olá\r\nQuando? [Hoje]") == "17:46:40  Luz -> Ana: Olá / Quando? [Hoje]")
    }
}
