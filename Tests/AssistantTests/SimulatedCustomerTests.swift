import Assistant
import Basics
import JSONText
import Messaging
import Postgres
import Testing

@testable import Simulation

@Suite("Customers who know nothing of the engine") struct SimulatedCustomerTests {
    @Test("They book, move and cancel with it by pressing what looks like what they want") func goals() throws {
        let seed = UInt64.random(in: 0...1_000_000)
        let plan = SimulationPlan(seed: seed, numbers: [], customers: 100)
        var languages: Set<String> = []
        for index in 0..<100 {
            var customer = SimulatedCustomer(plan, index)
            languages.insert(customer.words.language)
            var salon = try PretendSalon()
            var sayings = [customer.greeting()]
            while !sayings.isEmpty {
                let input: DialogueInput =
                    switch sayings.removeFirst() {
                    case .text(let text): .text(text)
                    case .button(let id, _), .row(let id, _): .choice(id)
                    }
                for message in try salon.hear(input).messages {
                    let json = try JSON(reading: message.payload().text)
                    if let saying = customer.answer(to: json) { sayings.append(saying) }
                }
            }
            #expect(customer.goal == .done, "seed \(seed), customer \(index), \(customer.words.language)")
            #expect(salon.held.isEmpty, "seed \(seed), customer \(index)")
        }
        #expect(languages.count == 4)
    }
}
