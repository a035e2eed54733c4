import Basics
import HTTP
import JSONText
import Testing

@testable import Simulation

@Suite("The simulated WhatsApp") struct SimulatedCloudTests {
    private static let epoch = Timestamp(seconds: 1_900_000_000)

    /// A salon that answers by a script: offers buttons, then a list, then tells a code.
    private struct Salon {
        var steps: [String: Int] = [:]

        mutating func answer(to message: JSON) -> String? {
            guard let from = message["from"]?.text ?? message["from_user_id"]?.text else { return nil }
            let step = steps[from, default: 0]
            steps[from] = step + 1
            let name = message["from"] != nil ? "to" : "recipient"
            let head =
                #""messaging_product":"whatsapp","\#(name)":"\#(from)","biz_opaque_callback_data":"\#(from)-\#(step)""#
            let buttons =
                ["Book · запись · reservar · marcar", "Cancel"].enumerated().map {
                    #"{"type":"reply","reply":{"id":"\#($0)","title":"\#($1.prefix(20))"}}"#
                }.joined(separator: ",")
            switch step % 3 {
            case 0:
                return
                    #"{\#(head),"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[\#(buttons)]}}}"#
            case 1:
                return
                    #"{\#(head),"type":"interactive","interactive":{"type":"list","body":{"text":"?"},"action":{"button":"b","sections":[{"rows":[{"id":"1","title":"10:00"},{"id":"2","title":"11:00"}]}]}}}"#
            default: return #"{\#(head),"type":"text","text":{"body":"Done: AB\#(step)C\#(step)1 🎉"}}"#
            }
        }
    }

    /// Runs a plan against the salon until nothing happens any more; what was delivered, in order.
    private func run(_ plan: SimulationPlan, _ limit: Duration = .seconds(3600)) -> (SimulatedCloud, [String]) {
        var (cloud, salon, log) = (SimulatedCloud(plan, at: Self.epoch), Salon(), [String]())
        var answers = Agenda<String>()
        var seen: Set<String> = []
        while let time = [cloud.next, answers.next].compactMap(\.self).min(), time < limit {
            for delivery in cloud.advance(to: time) {
                let text = String(decoding: delivery.body, as: UTF8.self)
                log.append(text)
                cloud.delivered(delivery, isAcknowledged: true, at: time)
                let value = (try? JSON(reading: text))?["entry"]?.elements?.first?["changes"]?.elements?.first?["value"]
                for message in value?["messages"]?.elements ?? [] where message["type"]?.text != "system" {
                    guard seen.insert(message["id"]?.text ?? "").inserted else { continue }
                    // The pair of numbers rests for six seconds between two messages.
                    if let answer = salon.answer(to: message) { answers.add(answer, at: time + .seconds(7)) }
                }
            }
            while let (time, answer) = answers.take(by: time) {
                _ = cloud.receive(number: "1", authorization: "Bearer t", Array(answer.utf8), at: time)
            }
        }
        return (cloud, log)
    }

    private func plan(_ seed: UInt64, customers: Int = 20, _ faults: SimulatedFaults = SimulatedFaults())
        -> SimulationPlan
    {
        SimulationPlan(seed: seed, numbers: [SimulatedNumber("1")], customers: customers, perSecond: 2, faults: faults)
    }

    @Test("Customers of four languages press what they want, are told a code, and go content")
    func content() {
        let (cloud, log) = run(plan(4, customers: 40))
        #expect(cloud.totals.begun == 40)
        #expect(cloud.totals.content == 40)
        #expect(cloud.isOver)
        #expect(Set(cloud.customers.map(\.words.language)) == ["en", "es", "pt", "ru"])
        #expect(log.contains { $0.contains("button_reply") } && log.contains { $0.contains("list_reply") })
        #expect(cloud.totals.bookings >= 40)
    }

    @Test("What both sides say is kept in its order until it is taken, where that is wanted")
    func transcript() {
        var plan = plan(4, customers: 1)
        plan.keepsTranscript = true
        var (cloud, _) = run(plan)
        let lines = cloud.takeTranscript()
        #expect(lines.map(\.speaker).prefix(4) == [.customer, .salon, .customer, .salon])
        #expect(lines.contains { $0.words.hasPrefix("? [Book") } && lines.contains { $0.words.hasPrefix("Done: AB") })
        #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(cloud.takeTranscript().isEmpty)
        var silent = run(self.plan(4, customers: 1)).0
        #expect(silent.takeTranscript().isEmpty)
    }

    @Test("Without an end there is always somebody who comes next")
    func endless() {
        var plan = plan(4)
        plan.customers = nil
        let (cloud, _) = run(plan, .seconds(100))
        #expect(cloud.totals.begun == 200)
        #expect(!cloud.isOver && cloud.next != nil)
    }

    @Test("Two runs of a seed say the same under other names")
    func names() {
        let plan = plan(5, customers: 3)
        func names(_ epoch: Timestamp) -> Set<String> {
            var cloud = SimulatedCloud(plan, at: epoch)
            let bodies = cloud.advance(to: .seconds(60)).map { String(decoding: $0.body, as: UTF8.self) }
            return Set(bodies.flatMap { $0.split(separator: "\"").map(String.init) }.filter { $0.hasPrefix("wamid.") })
        }
        let (first, second) = (names(Self.epoch), names(Self.epoch + .seconds(3600)))
        #expect(first.count == 3 && second.count == 3 && first.isDisjoint(with: second))
    }

    @Test("The same seed makes the same deliveries, another one others")
    func deterministic() {
        let faults = SimulatedFaults(share: 0.2)
        #expect(run(plan(5, faults)).1 == run(plan(5, faults)).1)
        #expect(run(plan(5, faults)).1 != run(plan(6, faults)).1)
    }

    @Test("With everything that may go wrong, states still come in their order or not at all, and each knob shows")
    func faults() throws {
        let (cloud, log) = run(plan(7, customers: 60, SimulatedFaults(share: 0.3)))
        #expect(cloud.totals.acknowledged == log.count)
        #expect(log.count > Set(log).count, "duplicates")
        #expect(log.contains { $0.contains("user_changed_number") })
        #expect(log.contains { $0.contains(#""status":"failed""#) })
        #expect(cloud.totals.refused[131_000, default: 0] > 0)
        let senders = log.filter { $0.contains(#""messages":["#) }
        #expect(senders.contains { !$0.contains(#""from":"#) } && senders.contains { $0.contains(#""from":"#) })
        #expect(cloud.effects.values.allSatisfy { $0 == 1 })
    }

    @Test("What is refused has no effect, and the code says why")
    func refusals() {
        var cloud = SimulatedCloud(plan(1, customers: 3), at: Self.epoch)
        _ = cloud.advance(to: .seconds(5))
        let phone = cloud.customers[0].phone ?? ""
        func body(_ content: String, to: String? = nil) -> String {
            #"{"messaging_product":"whatsapp","to":"\#(to ?? phone)",\#(content)}"#
        }
        let text = #""type":"text","text":{"body":"hi"}"#
        let long = String(repeating: "x", count: 21)
        let cases: [(String, String?, String, Int)] = [
            ("2", "Bearer t", body(text), 100), ("1", nil, body(text), 190), ("1", "Bearer t", "{", 100),
            ("1", "Bearer t", "{}", 131_008), ("1", "Bearer t", body(#""type":"text""#), 131_008),
            ("1", "Bearer t", body(#""type":"text","text":{"body":""}"#), 131_009),
            ("1", "Bearer t", body(#""type":"fax","fax":{}"#), 131_009),
            (
                "1", "Bearer t", body(#""biz_opaque_callback_data":"\#(String(repeating: "x", count: 513))",\#(text)"#),
                131_009
            ),
            (
                "1", "Bearer t",
                body(
                    #""type":"interactive","interactive":{"type":"button","body":{"text":"b"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"\#(long)"}}]}}"#
                ), 131_009
            ),
            ("1", "Bearer t", body(text, to: "4900000"), 131_047),
        ]
        for (number, token, body, code) in cases {
            guard
                case .answer(let response) = cloud.receive(
                    number: number, authorization: token, Array(body.utf8), at: .seconds(5))
            else { continue }
            #expect((try? response.json())?["error"]?["code"]?.int == code, "\(body)")
        }
        #expect(cloud.totals.taken == 0)
    }

    @Test("Each limit refuses the first message too many and none before")
    func limits() throws {
        let numbers = [SimulatedNumber("1", perSecond: 5, newRecipientsPerDay: 2)]
        var limits = CloudLimits(numbers)
        func code(_ recipient: String, _ time: Duration, isTemplate: Bool = true, customer: Int? = nil) -> Int {
            do throws(CloudFault) {
                try limits.take(0, customer: customer, recipient: recipient, isTemplate: isTemplate, at: time)
                return 0
            } catch {
                return error.code
            }
        }
        #expect(code("a", .zero) == 0)
        #expect(code("a", .seconds(5)) == 131_056)
        #expect(code("a", .seconds(6)) == 0)
        #expect(code("b", .seconds(6)) == 0)
        #expect(code("c", .seconds(12)) == 130_429)
        #expect(code("c", .seconds(86_412)) == 0)
        limits.inbound(0, customer: 9, at: .seconds(90_000))
        for recipient in 0..<4 { #expect(code("x\(recipient)", .seconds(90_000), isTemplate: false, customer: 9) == 0) }
        #expect(code("x4", .seconds(90_000), isTemplate: false, customer: 9) == 130_429)
        #expect(code("x4", .seconds(90_001), isTemplate: false, customer: 9) == 0)
        #expect(code("x5", .seconds(90_000 + 86_400), isTemplate: false, customer: 9) == 131_047)
    }

    @Test("A delivery that is not taken comes again, later each time, with the same bytes")
    func again() throws {
        var cloud = SimulatedCloud(plan(1, customers: 1), at: Self.epoch)
        var (bodies, times) = (Set<[UInt8]>(), [Duration]())
        while times.count < 5, let next = cloud.next {
            for delivery in cloud.advance(to: next) {
                bodies.insert(delivery.body)
                times.append(next)
                cloud.delivered(delivery, isAcknowledged: false, at: next)
            }
        }
        #expect(bodies.count == 1)
        #expect(zip(times.dropFirst(), times).map { $0 - $1 } == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
    }

    @Test("What happens at the same time happens in the order in which it was put in")
    func agenda() {
        var agenda = Agenda<Int>()
        var random = SeededRandom(seed: 2)
        let times = (0..<500).map { _ in Int.random(in: 0..<40, using: &random) }
        for (index, time) in times.enumerated() { agenda.add(index, at: .seconds(time)) }
        var taken: [Int] = []
        while let one = agenda.take(by: .seconds(100)) { taken.append(one.event) }
        #expect(taken == times.indices.sorted { (times[$0], $0) < (times[$1], $1) })
    }
}
